import Foundation

/// A workspace's consents: `consents.jsonl`, a hash chain.
package struct ConsentBook: Sendable {
    private let chain: HashChain<ConsentEvent>

    package init(folder: URL) { chain = HashChain(folder: folder, name: "consents") }

    package var file: URL { chain.file }

    /// What is recorded, checked against the chain.
    ///
    /// - Throws: `ProvenanceError` `tampered`, `unreadable`.
    package func register() throws -> ConsentRegister { ConsentRegister(try chain.links()) }

    package func grant(_ consent: Consent) throws { try chain.append(.granted(consent: consent)) }

    /// Says that a face set shows the person of a consent; does nothing where that is known.
    ///
    /// - Throws: `ProvenanceError` `wrongPerson` where the set shows another person, `noConsent` for an unknown consent.
    package func bind(set: String, to id: String, at now: Date = Date(), remedy: String) throws {
        let register = try register()
        guard let entry = register.entry(id) else {
            throw ProvenanceError(.noConsent, "there is no consent '\(id)' in this workspace. \(remedy)")
        }
        let known = register.entry(ofSet: set)
        if known?.consent.id == id { return }
        try register.requireSamePerson(entry, set, known, remedy)
        try chain.append(.bound(set: set, consent: id, time: now))
    }

    /// Takes a consent back from now on.
    ///
    /// - Throws: `ProvenanceError` `noConsent` where there is none, `badRecord` where it is revoked already.
    package func revoke(_ id: String, reason: String, by recorder: String, at now: Date = Date()) throws {
        guard let entry = try register().entry(id) else {
            throw ProvenanceError(
                .noConsent, "there is no consent '\(id)' in this workspace; `dimorph consent list` shows all")
        }
        if let revocation = entry.revocation {
            throw ProvenanceError(
                .badRecord,
                "consent \(id) was revoked on \(ConsentRegister.day(revocation.time)) already; nothing is changed"
            )
        }
        try chain.append(.revoked(consent: id, reason: reason, recorder: recorder, time: now))
    }
}
