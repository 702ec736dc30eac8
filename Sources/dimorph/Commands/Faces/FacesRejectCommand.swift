import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesRejectCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Excludes faces from training, by rule or by number.",
        discussion: """
            A rule compares keys with numbers: < <= > >= = !=, joined by and, or, not and brackets. Faces that match any of \
            the rules are excluded. They are marked, not deleted, and can be restored with `dimorph faces restore`. The keys \
            are listed by `dimorph help faces list`; a value that was not measured matches no comparison.

            EXAMPLES
              dimorph faces reject anna 'sharpness < 20' 'turn > 60' --workspace project
              dimorph faces reject anna 'occlusion > 0.2 and width < 80' --dry-run --workspace project
              dimorph faces reject anna --faces 17 18 240 --remark 'eyes red' --workspace project
            """)

    @OptionGroup var target: FaceSetOptions

    @Argument(help: "Rules, each in quotation marks.")
    var rules: [String] = []

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Numbers of the faces to exclude.", valueName: "id"))
    var faces: [Int64] = []

    @Option(help: ArgumentHelp("With --faces: reason, stored as a remark.", valueName: "text"))
    var remark: String?

    @Flag(help: "Only report which faces would be excluded.")
    var dryRun = false

    @OptionGroup var packing: PackingOptions
    @OptionGroup var common: OutputOptions

    func validate() throws {
        guard rules.isEmpty != faces.isEmpty else {
            throw ValidationError("Specify one or more rules, such as 'sharpness < 20', or --faces.")
        }
        if remark != nil, faces.isEmpty { throw ValidationError("--remark requires --faces.") }
        for rule in rules {
            do { _ = try FaceRule(rule) } catch { throw ValidationError("\(error).") }
        }
    }

    func execute(_ console: Console) throws {
        let rules = try rules.map(FaceRule.init)
        try target.change { curation in
            let marks =
                faces.isEmpty
                ? try curation.marks(by: rules) : try curation.marks(byHand: faces, remark: remark)
            let stay = try curation.faces().filter { $0.rejection == nil }
            let kept = stay.count
            let chosen = Set(marks.map(\.id))
            let undecided = stay.count { face in
                !chosen.contains(face.id) && rules.contains { $0.isUndecided(face) }
            }
            if undecided > 0 {
                console.say(
                    "note: \(undecided) faces lack a measurement that the rules use; they are kept")
            }
            if dryRun {
                let table = FaceTable(try curation.faces().filter { chosen.contains($0.id) })
                console.result(table.text)
            } else {
                try curation.requireCrops(besides: marks.map(\.id))
                try curation.mark(marks)
                try packing.bringUpToDate(curation, console)
            }
            // Faces given by number may already be excluded.
            let own = Set(stay.map(\.id))
            printSummary(curation, marks.filter { own.contains($0.id) }, rules, kept: kept, console)
        }
    }

    private func printSummary(
        _ curation: SetCuration, _ marks: [FaceMark], _ rules: [FaceRule], kept: Int, _ console: Console
    ) {
        for rule in rules {
            console.result("\(marks.count { $0.remark == rule.description }) by '\(rule)'")
        }
        let would = dryRun ? "would be " : ""
        console.result(
            "set '\(curation.name)': \(marks.count) of \(kept) faces \(would)excluded, \(kept - marks.count) kept"
        )
        console.report(
            ProgressEvent(
                stage: "reject", message: dryRun ? "dry run" : "done", fraction: 1,
                values: ["rejected": Double(marks.count), "kept": Double(kept - marks.count)]))
    }
}
