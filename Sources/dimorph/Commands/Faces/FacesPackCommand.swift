import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesPackCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Updates the packed copy of a face set, which training reads.",
        discussion: """
            Commands that change a set do this automatically; run it after changes made with --no-pack. Faces whose crop files \
            are missing are excluded as "missing" until the files are restored. If the folder or most crops are missing, \
            nothing is changed. Also recomputes the occlusion scores, which become more accurate after bad faces were \
            excluded.

            EXAMPLE
              dimorph faces pack anna --workspace project
            """)

    @OptionGroup var target: FaceSetOptions
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        try target.change { curation in
            try curation.pack(console)
            try curation.computeOcclusionScores()
            let kept = try curation.faces().count { $0.rejection == nil && $0.cropFile != nil }
            console.result("set '\(curation.name)': \(kept) faces packed")
            console.report(
                ProgressEvent(stage: "pack", message: "done", fraction: 1, values: ["faces": Double(kept)]))
        }
    }
}
