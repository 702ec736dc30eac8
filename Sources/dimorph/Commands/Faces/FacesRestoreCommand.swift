import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesRestoreCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restores excluded faces.",
        discussion: """
            EXAMPLES
              dimorph faces restore anna --reason byRule --workspace project
              dimorph faces restore anna --faces 17 18 --workspace project
            """)

    @OptionGroup var target: FaceSetOptions

    @Option(
        help: ArgumentHelp(
            "Restore the faces excluded for this reason: byHand, byRule, surplus, missing, otherPerson, duplicate or tooSmall.",
            valueName: "reason"))
    var reason: FaceRecord.Rejection?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Numbers of the faces to restore.", valueName: "id"))
    var faces: [Int64] = []

    @Flag(help: "Restore all faces, including those of other people and those that are too small.")
    var all = false

    @OptionGroup var packing: PackingOptions
    @OptionGroup var common: OutputOptions

    func validate() throws {
        guard all || reason != nil || !faces.isEmpty else {
            throw ValidationError("Specify --reason, --faces or --all.")
        }
        if all, reason != nil || !faces.isEmpty {
            throw ValidationError("--all cannot be combined with --reason or --faces.")
        }
    }

    func execute(_ console: Console) throws {
        try target.change { curation in
            // Removing missing crops does not require the other crops.
            if reason != .missing { try curation.requireCrops() }
            let chosen = try curation.rejected(for: reason, numbered: faces.isEmpty ? nil : faces)
            let outcome = try curation.restore(chosen)
            let hasCrops = try curation.faces().contains { $0.rejection == nil && $0.cropFile != nil }
            if hasCrops { try packing.bringUpToDate(curation, console) }
            let kept = try curation.faces().count { $0.rejection == nil }
            console.result("set '\(curation.name)': \(outcome.restored) faces restored, \(kept) included")
            if outcome.withoutCrop > 0 {
                console.say(
                    "note: \(outcome.withoutCrop) of them have no crop; run `dimorph extract` again with the same "
                        + "videos to cut it")
            }
            console.report(
                ProgressEvent(
                    stage: "restore", message: "done", fraction: 1,
                    values: [
                        "restored": Double(outcome.restored), "without_crop": Double(outcome.withoutCrop),
                        "kept": Double(kept),
                    ]))
        }
    }
}

extension FaceRecord.Rejection: ExpressibleByArgument {}
