import ArgumentParser
import Commands
import Workspace

struct ConsentListCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the consents of a workspace, oldest first.")

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let register = try Workspace.open(project.url, create: false).consents.register()
        let reports = register.entries.compactMap { ConsentReport(register, $0.consent.id) }
        if reports.isEmpty {
            console.result("no consent is recorded in this workspace; record one with `dimorph consent add`")
        }
        for report in reports {
            console.result(report.line)
            try console.object(report)
        }
    }
}
