import ArgumentParser
import Commands
import Provenance
import Workspace

struct ConsentRevokeCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Takes a consent back: nothing more is trained or converted with it.",
        discussion: """
            The record stays, with when, why and by whom it was revoked. The face sets and models that rest on it stay closed; a \
            later consent of the same person opens them again. Where the wrong person was entered, use `dimorph consent \
            correct` instead. Models that were made with the face are named; \
            removing them and the face sets is up to you.
            """)

    @Argument(help: ArgumentHelp("The consent, as `dimorph consent list` names it.", valueName: "id"))
    var id: String

    @Option(help: ArgumentHelp("Why, in words.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who records it (default: the user of this machine).", valueName: "name"))
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
                "note: consent \(other.consent.id) of \(report.person) still holds; revoke it too if that is meant"
            )
        }
        for model in ConcernedModels(workspace, sets: sets).sentences {
            console.result("model concerned: \(model)")
        }
        for set in sets { console.result("face set concerned: \(workspace.cropsFolder(set: set).path)") }
        try console.object(report)
    }
}
