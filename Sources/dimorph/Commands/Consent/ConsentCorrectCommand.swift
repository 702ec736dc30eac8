import ArgumentParser
import Commands
import Foundation
import Provenance
import Workspace

struct ConsentCorrectCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Corrects the person recorded for a face set.",
        discussion: """
            For mistakes only: correction does not replace a revoked consent of the person shown. The earlier consent stays \
            on record. The reason is visible in `dimorph consent check`, in the ledger, and in the Content Credentials of \
            every later output, so do not name a person in it. Models that were trained before the correction are no longer \
            used; train them again.

            EXAMPLE
              dimorph consent add --person Ben --relation self --workspace project
              dimorph consent correct anna --to 3f09a1c2 --reason "two names were mixed up" --workspace project
            """)

    @Argument(help: ArgumentHelp("The face set.", valueName: "set"))
    var set: String

    @Option(
        help: ArgumentHelp(
            "ID of a consent of the person in the set; see `dimorph consent list`.", valueName: "id"
        ))
    var to: String

    @Option(help: ArgumentHelp("Cause of the mistake, as free text; it is published.", valueName: "text"))
    var reason: String

    @Option(
        help: ArgumentHelp(
            "Name of the person who records it (default: the user of this machine).", valueName: "name"))
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
        console.result(
            "set '\(set)' shows \(report.person) (consent \(to)); the correction remains on record")
        if let before = earlier.entry(ofSet: set), let revocation = before.revocation {
            console.say(
                "note: the set was bound to consent \(before.consent.id) of \(before.consent.person), revoked on "
                    + ConsentRegister.day(revocation.time))
        }
        if !models.isEmpty {
            console.result(
                "\(models.count) model files in \(workspace.modelFolder.path) are no longer used: move them away and train again"
            )
        }
        try console.object(report)
    }
}
