import ArgumentParser
import Commands
import Provenance
import Workspace

struct ConsentRevokeCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revokes a consent: it can no longer be used for training or conversion.",
        discussion: """
            The record is kept with the date, reason and author of the revocation. Its face sets and models cannot be used \
            until the same person gives a new consent. If the wrong person was recorded, use `dimorph consent correct` \
            instead. The affected models and face sets are listed but not deleted.
            """)

    @Argument(help: ArgumentHelp("ID of the consent; see `dimorph consent list`.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("Reason, as free text.", valueName: "text"))
    var reason: String

    @Option(
        help: ArgumentHelp(
            "Name of the person who records it (default: the user of this machine).", valueName: "name"))
    var recorder: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        try workspace.consents.revoke(id, reason: reason, by: recorder ?? ConsentPolicy.recorder)
        let register = try workspace.consents.register()
        guard let report = ConsentReport(register, id) else { return }
        console.result("consent \(id) of \(report.person) is revoked")
        let sets = register.sets(of: report.person)
        let others = register.entries(of: report.person).filter { $0.state(at: .now) == .valid }
        for other in others {
            console.say(
                "note: consent \(other.consent.id) of \(report.person) is still valid; revoke it as well if intended"
            )
        }
        for model in ConcernedModels(workspace, sets: sets).sentences {
            console.result("affected model: \(model)")
        }
        for set in sets { console.result("affected face set: \(workspace.cropsFolder(set: set).path)") }
        try console.object(report)
    }
}
