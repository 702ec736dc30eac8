import ArgumentParser
import Commands
import Curation
import Foundation
import Tensors
import Vision
import Workspace

/// `dimorph faces masks …`: manually painted masks.
struct FacesMasksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "masks",
        abstract: "Exports, imports, refines and clears face masks.",
        discussion: """
            A mask marks the area of a crop that belongs to the face. By default it is the convex hull of the landmarks, so \
            that training treats hands or hair in front of the face as part of it. To exclude such occlusions, export the \
            masks, paint the occluded area black, and import them.
            """,
        subcommands: [ExportCommand.self, ImportCommand.self, RefineCommand.self, ClearCommand.self])

    struct ExportCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Exports the mask of each crop as a greyscale PNG with the same size and name.",
            discussion:
                "White pixels belong to the face, black pixels do not. Imported masks are written unchanged.")

        @Argument(help: "Face set.")
        var set: String

        @Argument(help: "Path of the folder to create.")
        var folder: String

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            try project.holding { workspace in
                let count = try MaskExport(workspace, set: set, progress: console.progress)
                    .run(to: URL(filePath: folder))
                console.printResult(
                    "\(folder): \(count) masks of '\(set)'", count: count, files: ["folder": folder])
            }
        }
    }

    struct ImportCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Imports greyscale PNGs as the masks of the crops with the same names.",
            discussion: """
                The folder may contain masks of some faces only; the other faces keep their masks. Square pictures of other \
                sizes are resampled. If any file matches no crop, has colours or cannot be read, nothing is imported and all \
                such files are listed. The set is packed again.
                """)

        @Argument(help: "Face set.")
        var set: String

        @Argument(help: "Path of the folder with the masks.")
        var folder: String

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            try project.holding { workspace in
                let count = try MaskImport(workspace, set: set, progress: console.progress)
                    .run(URL(filePath: folder))
                console.printResult("set '\(set)': \(count) masks imported", count: count)
            }
        }
    }

    struct RefineCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "refine",
            abstract: "Removes the background from the masks of turned heads.",
            discussion: """
                Uses a network that segments person and background; install it with Scripts/setup --with-segmentation. \
                Effective for heads turned by more than about 40 degrees, beside nose and chin. Masks that would hardly \
                change are kept, as are imported masks. Hair and hands in front of the face are segmented as person: paint \
                those masks manually. The set is packed again.
                """)

        @Argument(help: "Face set.")
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
                console.printResult("set '\(set)': \(refined) of \(looked) masks refined", count: refined)
            }
        }
    }

    struct ClearCommand: StageCommand {
        static let configuration = CommandConfiguration(
            commandName: "clear",
            abstract: "Removes imported and refined masks and restores the masks derived from landmarks.")

        @Argument(help: "Face set.")
        var set: String

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("File names of the faces (default: all).", valueName: "names"))
        var faces: [String] = []

        @OptionGroup var project: WorkspaceOption
        @OptionGroup var common: RunOptions

        func execute(_ console: Console) throws {
            try project.holding { workspace in
                let count = try MaskClearing(workspace, set: set, progress: console.progress).run(faces)
                console.printResult("set '\(set)': \(count) masks cleared", count: count)
            }
        }
    }
}

extension WorkspaceOption {
    /// Runs `body` with exclusive access to the project folder.
    fileprivate func holding(_ body: (Workspace) throws -> Void) throws {
        let workspace = try Workspace.open(url, create: false)
        try workspace.locked { try body(workspace) }
    }
}

extension Console {
    fileprivate func printResult(_ text: String, count: Int, files: [String: String] = [:]) {
        report(
            ProgressEvent(
                stage: "masks", message: "done", fraction: 1, values: ["masks": Double(count)], files: files))
        result(text)
    }
}
