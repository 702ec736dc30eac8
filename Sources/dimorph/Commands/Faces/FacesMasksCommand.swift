import ArgumentParser
import Commands
import Curation
import Foundation
import Tensors
import Vision
import Workspace

/// `dimorph faces masks …`: masks that people paint.
struct FacesMasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "masks",
        abstract: "Exports, imports, refines and clears masks: what of a crop belongs to the face.",
        discussion: """
            Without masks of its own a face has the hull of its landmarks. Training takes a hand or hair before the face \
            for the face then; where that shows, export the masks, paint what is before the face black, and import them.
            """,
        subcommands: [ExportCommand.self, ImportCommand.self, RefineCommand.self, ClearCommand.self])

    struct ExportCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Writes the mask of each crop as a grey PNG of its size and name.",
            discussion:
                "White belongs to the face, black does not. A mask that was imported is written as it is.")

        @Argument(help: "The face set.")
        var set: String

        @Argument(help: "The folder to make.")
        var folder: String

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            try project.holding { workspace in
                let count = try MaskExport(workspace, set: set, progress: console.progress)
                    .run(to: URL(filePath: folder))
                console.tell("\(folder): \(count) masks of '\(set)'", count: count, files: ["folder": folder])
            }
        }
    }

    struct ImportCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Takes in grey PNGs whose names match crops; they replace the drawn masks.",
            discussion: """
                A folder may hold masks of some faces only; the others keep what they have. Square pictures of other sizes \
                are resampled. Where one file matches no crop, has colours or cannot be read, none is imported and all \
                such files are named. The set is packed anew.
                """)

        @Argument(help: "The face set.")
        var set: String

        @Argument(help: "The folder with the masks.")
        var folder: String

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            try project.holding { workspace in
                let count = try MaskImport(workspace, set: set, progress: console.progress)
                    .run(URL(filePath: folder))
                console.tell("set '\(set)': \(count) masks imported", count: count)
            }
        }
    }

    struct RefineCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "refine",
            abstract: "Takes the background out of drawn masks, where a turned head shows it.",
            discussion: """
                A network tells the person from what is behind; Scripts/setup --with-segmentation fetches it. It matters \
                on heads turned by more than about 40 degrees, beside nose and chin; faces on whose masks it changes next \
                to nothing keep the drawn ones, and imported masks stay. Hair and hands before the face count as the \
                person: those have to be painted. The set is packed anew.
                """)

        @Argument(help: "The face set.")
        var set: String

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            let weights = try Installation.segmentation()
            var settings = ProjectSettings()
            settings.take(common)
            let device = try Device.named(settings.training.device)
            try project.holding { workspace in
                let segmenter = try SelfieSegmenter(weights: weights, device: device)
                let refining = MaskRefining(
                    workspace, set: set, segmenter: segmenter, progress: console.progress)
                let (looked, refined) = try refining.run()
                console.tell("set '\(set)': \(refined) of \(looked) masks refined", count: refined)
            }
        }
    }

    struct ClearCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear",
            abstract: "Takes imported and refined masks away; the faces have drawn ones again.")

        @Argument(help: "The face set.")
        var set: String

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("Only of these faces, by the names of their files.", valueName: "names"))
        var faces: [String] = []

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            try project.holding { workspace in
                let count = try MaskClearing(workspace, set: set, progress: console.progress).run(faces)
                console.tell("set '\(set)': \(count) masks cleared", count: count)
            }
        }
    }
}

extension WorkspaceOption {
    /// Works in the project's folder as the only process.
    fileprivate func holding(_ body: (Workspace) throws -> Void) throws {
        let workspace = try Workspace.open(url, create: false)
        try workspace.locked { try body(workspace) }
    }
}

extension Console {
    fileprivate func tell(_ text: String, count: Int, files: [String: String] = [:]) {
        report(
            ProgressEvent(
                stage: "masks", message: "done", fraction: 1, values: ["masks": Double(count)], files: files))
        result(text)
    }
}
