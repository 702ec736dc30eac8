import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

struct FacesMergeCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Makes one set of two.",
        discussion: """
            The second set's faces go to the first, crops and all, and the second ends. Where both have a face in the same \
            frame of a clip, the first's stays. So does what is recorded of the person's consent; sets that show different people \
            by their consents are not merged.

            EXAMPLE
              dimorph faces merge cast-1 cast-4 --into anna --workspace project
            """)

    @Argument(help: ArgumentHelp("The set that stays.", valueName: "set"))
    var first: String

    @Argument(help: ArgumentHelp("The set whose faces go to it.", valueName: "other set"))
    var second: String

    @Option(help: ArgumentHelp("What the set is called afterwards.", valueName: "name"))
    var into: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let pipeline = try Pipeline(workspace, console: console)
        // Another name, or another set's faces, must not shake off whom a set shows.
        let register = try workspace.consents.register()
        let sets = [first, second, into ?? first]
        let known = try register.joined(sets)
        let outcome = try FaceRegrouping(workspace).merge(first, with: second, into: into)
        if let known {
            for event in register.carrying(sets, into: outcome.into, known, at: Date()) {
                try workspace.consents.add(event)
            }
        }
        try pipeline.finish(outcome.changed)
        pipeline.tell(outcome)
    }
}

extension Pipeline {
    func tell(_ outcome: FaceRegrouping.Outcome) {
        console.report(
            ProgressEvent(
                stage: "faces", message: "done", fraction: 1,
                values: ["moved": Double(outcome.moved), "duplicates": Double(outcome.duplicates)],
                files: Dictionary(
                    uniqueKeysWithValues: outcome.changed.map { ($0, workspace.packed(set: $0).path) })))
        guard outcome.duplicates > 0 else { return }
        console.result("\(outcome.duplicates) faces were left out: the set had one in the same frame")
    }
}
