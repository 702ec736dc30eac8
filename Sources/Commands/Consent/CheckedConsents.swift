import Foundation
import Provenance
import Workspace

/// Valid consents, and the additions by flags and answers. Nothing is written before `record`.
package struct CheckedConsents {
    private let workspace: Workspace
    private let console: Console
    /// What is to be recorded, in order.
    private(set) var events: [ConsentEvent] = []
    private var questions: [Question] = []

    private struct Question {
        let set: String
        let use: Consent.Use
        let id: String?
        let remedy: String
    }

    init(workspace: Workspace, console: Console) { (self.workspace, self.console) = (workspace, console) }

    mutating func add(_ consent: Consent) { events.append(.granted(consent: consent)) }

    mutating func bind(
        _ set: String, to id: String, in register: ConsentRegister, _ remedy: String
    ) throws {
        if let event = try register.binding(set: set, to: id, at: Date(), remedy: remedy) {
            events.append(event)
        }
    }

    mutating func ask(_ set: String, _ use: Consent.Use, naming id: String?, _ remedy: String) {
        questions.append(Question(set: set, use: use, id: id, remedy: remedy))
    }

    /// Records the additions, and returns the consents in the order of their sets.
    ///
    /// - Throws: `ProvenanceError`, also where a consent was revoked meanwhile.
    package func record() throws -> [ConsentReference] {
        for event in events {
            try workspace.consents.add(event)
            guard case .granted(let consent) = event else { continue }
            console.say(
                "note: consent \(consent.id) recorded: \(consent.person), \(consent.relation.rawValue), as "
                    + consent.uses.map(\.rawValue).joined(separator: ", "))
        }
        let register = try workspace.standingConsents()
        return try questions.map {
            try register.permission(set: $0.set, use: $0.use, naming: $0.id, remedy: $0.remedy)
        }
    }
}
