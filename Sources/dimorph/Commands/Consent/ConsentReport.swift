import Foundation
import Provenance

/// A consent in the form that `dimorph consent` reports.
struct ConsentReport: Encodable {
    let id: String
    let person: String
    let relation: String
    let state: String
    let uses: [String]
    let sets: [String]
    let scope: String?
    let territory: String?
    let expires: String?
    let document: String?
    let documentSha256: String?
    let recorder: String
    let recorded: String
    let revoked: String?
    let reason: String?
    let record: String
    /// Corrections of sets that were bound to another person's consent.
    let corrections: [String]

    init?(_ register: ConsentRegister, _ id: String, now: Date = Date()) {
        guard let entry = register.entry(id) else { return nil }
        let consent = entry.consent
        (self.id, person, relation) = (id, consent.person, consent.relation.rawValue)
        (state, uses) = (entry.state(at: now).rawValue, consent.uses.map(\.rawValue))
        sets = register.bindings.filter { $0.value == id }.keys.sorted()
        (scope, territory) = (consent.scope, consent.territory)
        expires = consent.expires.map(ConsentRegister.day)
        (document, documentSha256) = (consent.document?.name, consent.document?.sha256)
        (recorder, recorded) = (consent.recorder, consent.recorded.formatted(.iso8601))
        revoked = entry.revocation.map { ConsentRegister.day($0.time) }
        reason = entry.revocation?.reason
        record = entry.record
        corrections = register.corrections.sorted { $0.key < $1.key }.flatMap { set, all in
            all.filter { $0.to == id || $0.from == id }.map {
                "set '\(set)' on \(ConsentRegister.day($0.time)), from \($0.from) to \($0.to): \($0.reason)"
            }
        }
    }

    /// The consent as one line of a list.
    var line: String {
        let shown = sets.isEmpty ? "" : "  sets: \(sets.joined(separator: ", "))"
        let end = revoked.map { "revoked on \($0)" } ?? expires.map { "\(state), to \($0)" } ?? state
        return "\(id)  \(person)  \(relation)  as \(uses.joined(separator: ", "))  \(end)\(shown)"
    }

    /// All fields, one per line.
    var text: String {
        let rows: [(String, String?)] = [
            ("consent", id), ("person", person), ("relation", relation), ("state", state),
            ("allows use as", uses.joined(separator: ", ")), ("face sets", sets.joined(separator: ", ")),
            ("scope", scope), ("territory", territory), ("expires", expires), ("document", document),
            ("document's SHA-256", documentSha256), ("recorded by", recorder), ("recorded at", recorded),
            ("revoked on", revoked), ("reason", reason), ("record's SHA-256", record),
            ("corrected", corrections.joined(separator: "; ")),
        ]
        return rows.compactMap { name, value in
            guard let value, !value.isEmpty else { return nil }
            return name.padding(toLength: 20, withPad: " ", startingAt: 0) + value
        }.joined(separator: "\n")
    }
}
