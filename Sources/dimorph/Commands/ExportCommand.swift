import Architectures
import ArgumentParser
import Commands
import Foundation
import Tensors
import Workspace

struct ExportCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the model for other programs.",
        discussion: """
            The safetensors file holds the parameters that faces are drawn with and, as texts in its header, a card that says \
            how the network is built and was trained, and whose faces it knows. With --torchscript the drawing of one person \
            is written too, as a module that PyTorch and LibTorch run without dimorph; it is tried out before the command ends. \
            Videos made with it must say that they are synthetic, as those of `dimorph convert` do.

            EXAMPLE
              dimorph export --workspace project --output anna.safetensors --torchscript anna.pt
            """)

    @Option(help: ArgumentHelp("The file to write: .safetensors.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Also write the drawing of one person: .pt.", valueName: "file"))
    var torchscript: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who is drawn: a face set of the model; the source without it.", valueName: "set"))
    var person: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: RunOptions

    func validate() throws {
        guard output.lowercased().hasSuffix(".safetensors") else {
            throw ValidationError("--output \(output): the name must end in .safetensors.")
        }
        if let torchscript, !torchscript.lowercased().hasSuffix(".pt") {
            throw ValidationError("--torchscript \(torchscript): the name must end in .pt.")
        }
        if person != nil, torchscript == nil {
            throw ValidationError("--as says whom --torchscript draws; give that, too.")
        }
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let file = try Paths.checkOutput(output)
        let own = [workspace.modelFile, workspace.checkpointFile].map { $0.resolvingSymlinksInPath().path }
        guard !own.contains(file.resolvingSymlinksInPath().path) else {
            throw InputError("\(output) is the workspace's own; choose another --output")
        }
        let script = try torchscript.map { try Paths.checkOutput($0, option: "--torchscript") }
        let device = try Device.named(common.device ?? workspace.settings.training.device)
        try Exporter(workspace, device: device, console: console)
            .write(model: file, script: script, person: person)
    }
}
