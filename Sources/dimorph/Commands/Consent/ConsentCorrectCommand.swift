import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct ConsentCorrectCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Records that the wrong person was entered for a face set, and who was meant.",
        discussion: """
            For mistakes only: a set shows the person that it shows, and a revoked consent is not undone by another name. The             earlier consent stays on record. The reason stays visible: in `dimorph consent check`, in the ledger, and in the             Content Credentials of every later output, so name no person in it. Models that were trained before are not used             any more; train again.

            EXAMPLE
              dimorph consent add --person Ben --relation self --workspace project
              dimorph consent correct anna --to 3f09a1c2 --reason "two names were mixed up" --workspace project
            """)

    @Argument(help: ArgumentHelp("The face set.", valueName: "set"))
    var set: String

    @Option(
        help: ArgumentHelp(
            "A consent of the person whom the set shows, as `dimorph consent list` names it.", valueName: "id"
        ))
    var to: String

    @Option(help: ArgumentHelp("How the mistake came about, in words; it is published.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("Who records it (default: the user of this machine).", valueName: "name"))
    var recorder: String?

    @OptionGroup var project: WorkspaceOption
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        let workspace = try Workspace.open(project.url, create: false)
        let (earlier, models) = try workspace.locked {
            let earlier = try workspace.standingConsents()
            let models = try ClosedModels.hashes(of: workspace)
            try workspace.consents.add(
                earlier.correction(
                    set: set, to: to, reason: reason, by: recorder ?? ConsentPolicy.recorder, models: models))
            return (earlier, models)
        }
        let register = try workspace.consents.register()
        guard let report = ConsentReport(register, to) else { return }
        console.result("set '\(set)' shows \(report.person) (consent \(to)); the correction stays visible")
        if let before = earlier.entry(ofSet: set), let revocation = before.revocation {
            console.say(
                "note: the set was bound to consent \(before.consent.id) of \(before.consent.person), revoked on "
                    + ConsentRegister.day(revocation.time))
        }
        if !models.isEmpty {
            console.result(
                "\(models.count) model files in \(workspace.modelFolder.path) are not used any more: move them away and train again"
            )
        }
        try console.object(report)
    }
}
