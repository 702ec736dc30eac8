import ArgumentParser
import Commands
import Workspace

struct ConsentShowCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows all fields of a consent.")

    @Argument(help: ArgumentHelp("ID of the consent; see `dimorph consent list`.", valueName: "id"))
    var id: String

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let register = try Workspace.open(project.url, create: false).consents.register()
        guard let report = ConsentReport(register, id) else {
            throw InputError(
                "there is no consent '\(id)' in \(project.workspace); `dimorph consent list` lists all")
        }
        console.result(report.text)
        try console.object(report)
    }
}
