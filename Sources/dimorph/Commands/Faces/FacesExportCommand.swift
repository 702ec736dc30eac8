import ArgumentParser
import Commands
import Curation
import Foundation
import Media
import Workspace

struct FacesExportCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a set's crops into a folder, with all that is known of them in faces.json.",
        discussion: """
            For other tools, another machine, or safekeeping; `dimorph faces import` takes the folder in again without \
            loss. Documentation/ExchangeFormat.md describes faces.json. Crops and landmarks are personal data; the \
            embeddings, by which a person can be recognised, leave the workspace only with --with-identity.

            EXAMPLE
              dimorph faces export anna anna-faces --count 500 --workspace project
            """)

    @Argument(help: "The face set.")
    var set: String

    @Argument(help: "The folder to make.")
    var folder: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("At most so many faces, evenly over the set.", valueName: "number"))
    var count: Int?

    @Option(help: "Write the crops as png or jpg; without it, as they are in the workspace, byte by byte.")
    var format: CropFormat?

    @Flag(help: "Export the embeddings too.")
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
