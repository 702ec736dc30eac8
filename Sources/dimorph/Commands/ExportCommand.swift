import Architectures
import ArgumentParser
import Commands
import Foundation
import Tensors
import Workspace

struct ExportCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Exports the model as safetensors and TorchScript.",
        discussion: """
            The safetensors file contains the parameters for inference and, in its header, a model card with architecture, \
            training and people. --torchscript also writes the inference path of one person as a module that runs in PyTorch \
            and LibTorch without dimorph; the module is tested before the command ends. Videos made with it must be marked as \
            synthetic, like those of `dimorph convert`.

            EXAMPLE
              dimorph export --workspace project --output anna.safetensors --torchscript anna.pt
            """)

    @Option(help: ArgumentHelp("Path of the file to write (.safetensors).", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Path of a TorchScript module to write (.pt).", valueName: "file"))
    var torchscript: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Person that the TorchScript module generates: a face set of the model (default: the source).",
            valueName: "set"))
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
            throw ValidationError("--as requires --torchscript.")
        }
    }

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let file = try Paths.checkOutput(output)
        let own = [workspace.modelFile, workspace.checkpointFile].map { $0.resolvingSymlinksInPath().path }
        guard !own.contains(file.resolvingSymlinksInPath().path) else {
            throw InputError("\(output) is a file of the workspace; choose another --output")
        }
        let script = try torchscript.map { try Paths.checkOutput($0, option: "--torchscript") }
        let device = try Device.named(common.device ?? workspace.settings.training.device)
        try Exporter(workspace, device: device, console: console)
            .write(model: file, script: script, person: person)
    }
}
