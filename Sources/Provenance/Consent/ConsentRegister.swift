import Foundation

/// What a workspace's consents come to.
package struct ConsentRegister: Sendable {
    /// A consent with what became of it.
    package struct Entry: Sendable {
        package let consent: Consent
        /// SHA-256 of the record's line.
        package let record: String
        package fileprivate(set) var revocation: Revocation?

        package func state(at now: Date) -> State {
            if revocation != nil { return .revoked }
            if let expires = consent.expires, expires < now { return .expired }
            return .valid
        }
    }

    package struct Revocation: Sendable, Equatable {
        package let reason: String
        package let recorder: String
        package let time: Date
    }

    package enum State: String, Sendable, Codable { case valid, expired, revoked }

    /// In the order in which they were recorded.
    package private(set) var entries: [Entry] = []
    /// The newest consent that each face set was bound to.
    package private(set) var bindings: [String: String] = [:]

    init(_ links: [HashChain<ConsentEvent>.Link]) {
        for link in links {
            switch link.record {
            case .granted(let consent): entries.append(Entry(consent: consent, record: link.hash))
            case .bound(let set, let consent, _): bindings[set] = consent
            case .revoked(let id, let reason, let recorder, let time):
                guard let place = entries.firstIndex(where: { $0.consent.id == id }) else { continue }
                entries[place].revocation = Revocation(reason: reason, recorder: recorder, time: time)
            }
        }
    }

    package func entry(_ id: String) -> Entry? { entries.first { $0.consent.id == id } }

    /// Whom a set shows; nil where nobody has said.
    package func entry(ofSet set: String) -> Entry? { bindings[set].flatMap { entry($0) } }

    package func entries(of person: String) -> [Entry] {
        entries.filter { Consent.isSame($0.consent.person, person) }
    }

    /// The sets that show a person.
    package func sets(of person: String) -> [String] {
        bindings.keys.filter { set in
            entry(ofSet: set).map { Consent.isSame($0.consent.person, person) } ?? false
        }.sorted()
    }
}
