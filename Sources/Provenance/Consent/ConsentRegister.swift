import Foundation

/// The current state of a workspace's consents, derived from its events.
package struct ConsentRegister: Sendable {
    /// A consent and its state.
    package struct Entry: Sendable {
        package let consent: Consent
        /// SHA-256 of the record's line.
        package let record: String
        /// Index among all consents, in recording order.
        package let position: Int
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

    /// In recording order.
    package private(set) var entries: [Entry] = []
    /// The consent that each face set was first bound to; changed only by a correction.
    package private(set) var bindings: [String: String] = [:]
    /// Corrections by face set, oldest first.
    package private(set) var corrections: [String: [ConsentCorrection]] = [:]
    /// Time of the newest record; `nil` if there is none.
    package private(set) var newest: Date?

    init(_ links: [HashChain<ConsentEvent>.Link]) {
        for link in links { enter(link.record, hash: link.hash) }
    }

    /// The register after further events.
    package func with(_ events: [ConsentEvent]) -> ConsentRegister {
        var result = self
        for event in events { result.enter(event, hash: Digest.none) }
        return result
    }

    private mutating func enter(_ event: ConsentEvent, hash: String) {
        newest = max(newest ?? .distantPast, event.time)
        switch event {
        case .granted(let consent):
            entries.append(Entry(consent: consent, record: hash, position: entries.count))
        case .bound(let set, let consent, _):
            // A set's person is fixed: binding the set to another person does not undo a revocation.
            if bindings[set] == nil { bindings[set] = consent }
        case .revoked(let id, let reason, let recorder, let time):
            guard let place = entries.firstIndex(where: { $0.consent.id == id }) else { return }
            entries[place].revocation = Revocation(reason: reason, recorder: recorder, time: time)
        case .corrected(let set, let correction):
            bindings[set] = correction.to
            corrections[set, default: []].append(correction)
        }
    }

    package func entry(_ id: String) -> Entry? { entries.first { $0.consent.id == id } }

    /// The consent that a set is bound to; `nil` if it is not bound.
    package func entry(ofSet set: String) -> Entry? { bindings[set].flatMap { entry($0) } }

    package func entries(of person: String) -> [Entry] {
        entries.filter { Consent.isSame($0.consent.person, person) }
    }

    /// The sets bound to a person.
    package func sets(of person: String) -> [String] {
        bindings.keys.filter { set in
            entry(ofSet: set).map { Consent.isSame($0.consent.person, person) } ?? false
        }.sorted()
    }

    /// The set and correction that invalidated a model file; `nil` if the file may be used.
    package func correction(closing model: String) -> (set: String, correction: ConsentCorrection)? {
        for (set, all) in corrections.sorted(by: { $0.key < $1.key }) {
            if let correction = all.last(where: { $0.models.contains(model) }) { return (set, correction) }
        }
        return nil
    }
}

extension ConsentEvent {
    /// The recording time.
    var time: Date {
        switch self {
        case .granted(let consent): consent.recorded
        case .bound(_, _, let time), .revoked(_, _, _, let time): time
        case .corrected(_, let correction): correction.time
        }
    }
}
