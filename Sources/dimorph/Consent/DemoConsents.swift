import Provenance
import Workspace

/// The records that the demo's performers come with: rendered people, in the public domain (`Samples/README.md`).
enum DemoConsents {
    static func record(in workspace: Workspace) throws {
        let performers = [
            (set: SwapJob.sourceSet, person: "Performer A (rendered)"),
            (set: SwapJob.targetSet, person: "Performer C (rendered)"),
        ]
        for performer in performers where try workspace.consents.register().entry(ofSet: performer.set) == nil
        {
            let consent = try Consent(
                person: performer.person, relation: .synthetic,
                scope: "any: rendered from CC0 data, shows nobody", recorder: "dimorph demo")
            try workspace.consents.grant(consent)
            try workspace.consents.bind(set: performer.set, to: consent.id, remedy: "")
        }
    }
}
