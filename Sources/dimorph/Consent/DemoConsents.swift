import Provenance
import Workspace

/// Consent records for the demo's performers: rendered people, in the public domain (`Samples/README.md`).
enum DemoConsents {
    static func record(in workspace: Workspace) throws {
        let performers = [
            (set: SwapRun.sourceSet, person: "Performer A (rendered)"),
            (set: SwapRun.targetSet, person: "Performer C (rendered)"),
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
