import ArgumentParser
import Commands
import Curation
import Foundation
import Media
import Workspace

struct FacesExportCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Exports the crops of a face set with their metadata (faces.json).",
        discussion: """
            For other tools, another machine, or backups; `dimorph faces import` reads the folder without loss. \
            Documentation/ExchangeFormat.md describes faces.json. Crops and landmarks are personal data. Identity embeddings, \
            which allow face recognition, are exported only with --with-identity.

            EXAMPLE
              dimorph faces export anna anna-faces --count 500 --workspace project
            """)

    @Argument(help: "Face set.")
    var set: String

    @Argument(help: "Path of the folder to create.")
    var folder: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Maximum number of faces, sampled evenly from the set.", valueName: "number"))
    var count: Int?

    @Option(help: "Format of the crops: png or jpg (default: exact copies of the files in the workspace).")
    var format: CropFormat?

    @Flag(help: "Also export the identity embeddings.")
    var withIdentity = false

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count \(count): must be at least 1.") }
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        try ConsentPolicy(workspace: workspace, console: console).refuseRevoked(set)
        var options = FaceSetExport.Options()
        (options.count, options.format, options.withIdentity) = (count, format, withIdentity)
        let export = FaceSetExport(workspace, set: set, progress: console.progress) { source, target in
            try PictureFile.write(PictureFile.read(source), to: target)
        }
        let written = try workspace.locked { try export.run(to: URL(filePath: folder), options) }
        console.report(
            ProgressEvent(
                stage: "export", message: "done", fraction: 1, values: ["faces": Double(written)],
                files: ["folder": folder]))
        console.result("\(folder): \(written) faces of '\(set)'\(withIdentity ? ", with embeddings" : "")")
    }
}

extension CropFormat: ExpressibleByArgument {}
