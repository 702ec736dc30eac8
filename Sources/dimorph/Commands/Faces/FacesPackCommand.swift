import ArgumentParser
import Commands
import Curation
import Workspace

struct FacesPackCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Brings a set's packed copy, which training reads, up to date.",
        discussion: """
            Commands that change a set do so themselves; this is for changes made with --no-pack. Faces whose crop files are \
            missing are left out as "missing" until the files are back. Where the folder or most crops are missing, nothing \
            is changed. It also compares the faces anew, to see what covers them: \
            after many bad ones were left out, the others are known better.

            EXAMPLE
              dimorph faces pack anna --workspace project
            """)

    @OptionGroup var target: FaceSetOptions
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        try target.change { curation in
            try curation.pack(console)
            try curation.measureStrangeness()
            let kept = try curation.faces().count { $0.rejection == nil && $0.cropFile != nil }
            console.result("set '\(curation.name)': \(kept) faces packed")
            console.report(
                ProgressEvent(stage: "pack", message: "done", fraction: 1, values: ["faces": Double(kept)]))
        }
    }
}
