import ArgumentParser
import Commands
import Curation
import Foundation
import Workspace

struct FacesMergeCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merges two face sets.",
        discussion: """
            Moves all faces and crops of the second set into the first and removes the second. If both have a face in the \
            same frame of a clip, the face of the first set is kept. The recorded consent is kept as well; sets whose \
            consents name different people cannot be merged.

            EXAMPLE
              dimorph faces merge cast-1 cast-4 --into anna --workspace project
            """)

    @Argument(help: ArgumentHelp("Face set that receives the faces.", valueName: "set"))
    var first: String

    @Argument(help: ArgumentHelp("Face set to merge into it.", valueName: "other set"))
    var second: String

    @Option(help: ArgumentHelp("New name of the merged set.", valueName: "name"))
    var into: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let pipeline = try Pipeline(workspace, console: console)
        // Renaming or merging must not detach a set from the consent of its person.
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
        pipeline.printSummary(outcome)
    }
}

extension Pipeline {
    func printSummary(_ outcome: FaceRegrouping.Outcome) {
        console.report(
            ProgressEvent(
                stage: "faces", message: "done", fraction: 1,
                values: ["moved": Double(outcome.moved), "duplicates": Double(outcome.duplicates)],
                files: Dictionary(
                    uniqueKeysWithValues: outcome.changed.map { ($0, workspace.packed(set: $0).path) })))
        guard outcome.duplicates > 0 else { return }
        console.result(
            "\(outcome.duplicates) faces were skipped: the set already had a face in the same frame")
    }
}
