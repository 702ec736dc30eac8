import Foundation

/// A workspace's consents: `consents.jsonl`, a hash chain.
package struct ConsentStore: Sendable {
    private let chain: HashChain<ConsentEvent>
    private let folder: URL

    package init(folder: URL) {
        self.folder = folder
        chain = HashChain(folder: folder, name: "consents")
    }

    package var file: URL { chain.file }

    /// The recorded consents, verified against the hash chain.
    ///
    /// - Throws: `ProvenanceError` `tampered`, `unreadable`.
    package func register() throws -> ConsentRegister { ConsentRegister(try chain.links()) }

    package func grant(_ consent: Consent) throws { try add(.granted(consent: consent)) }

    /// Binds a face set to the person of a consent; no effect if it is bound already.
    ///
    /// - Throws: `ProvenanceError` (`wrongPerson` if the set shows another person, `noConsent` for an unknown consent).
    package func bind(set: String, to id: String, at now: Date = Date(), remedy: String) throws {
        guard let event = try register().binding(set: set, to: id, at: now, remedy: remedy) else { return }
        try add(event)
    }

    /// Revokes a consent from now on.
    ///
    /// - Throws: `ProvenanceError` (`noConsent` for an unknown consent, `badRecord` if it is revoked already).
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
        try add(.revoked(consent: id, reason: reason, recorder: recorder, time: now))
    }

    /// Records a checked event.
    ///
    /// - Throws: `ProvenanceError` (`clock` if it is earlier than the newest record), and the chain's errors.
    package func add(_ event: ConsentEvent) throws {
        try ConsentRegister.requireClock(event.time, notBefore: register().newest, in: folder)
        try chain.append(event)
    }
}

extension ConsentRegister {
    /// The event that binds a face set to a consent; `nil` if it is bound already.
    ///
    /// - Throws: as `ConsentStore.bind`.
    package func binding(set: String, to id: String, at now: Date, remedy: String) throws -> ConsentEvent? {
        guard let entry = entry(id) else {
            throw ProvenanceError(.noConsent, "there is no consent '\(id)' in this workspace. \(remedy)")
        }
        let known = self.entry(ofSet: set)
        try requireSamePerson(entry, set, known, remedy)
        return known == nil ? .bound(set: set, consent: id, time: now) : nil
    }

    /// The event that corrects a set's person.
    ///
    /// - Parameter models: SHA-256 of the existing model files.
    /// - Throws: `ProvenanceError` `noConsent`, `badRecord`, `expired`, `revoked`.
    package func correction(
        set: String, to id: String, reason: String, by recorder: String, models: [String],
        at now: Date = Date()
    ) throws -> ConsentEvent {
        guard let entry = entry(id) else {
            throw ProvenanceError(
                .noConsent, "there is no consent '\(id)' in this workspace; `dimorph consent add` records one"
            )
        }
        guard let known = self.entry(ofSet: set) else {
            throw ProvenanceError(
                .badRecord,
                "no person is recorded for the face set '\(set)', so nothing can be corrected; give its consent by "
                    + "`dimorph consent add --person NAME --set \(set)`")
        }
        guard !Consent.isSame(known.consent.person, entry.consent.person) else {
            throw ProvenanceError(
                .badRecord, "the face set '\(set)' shows \(entry.consent.person) already; nothing is changed")
        }
        guard entry.state(at: now) == .valid else {
            throw ProvenanceError(
                entry.revocation == nil ? .expired : .revoked,
                "consent \(id) of \(entry.consent.person) does not hold; a set is corrected to a consent that does"
            )
        }
        return .corrected(
            set: set,
            correction: try ConsentCorrection(
                from: known.consent.id, to: id, reason: reason, recorder: recorder, models: models, time: now)
        )
    }

    /// The events that carry bindings and corrections of joined sets over to the set that they became.
    ///
    /// - Parameters:
    ///   - sets: the sets whose faces it contains, including itself if it existed before.
    ///   - entry: their common consent, from `joined`.
    package func carrying(_ sets: [String], into set: String, _ entry: Entry, at now: Date) -> [ConsentEvent]
    {
        let inherited = Set(sets).subtracting([set]).sorted().flatMap { corrections[$0] ?? [] }
        var events: [ConsentEvent] = []
        if bindings[set] == nil { events.append(.bound(set: set, consent: entry.consent.id, time: now)) }
        for correction in inherited {
            // The models that it invalidates are already invalidated by the original set's correction.
            guard
                let copy = try? ConsentCorrection(
                    from: correction.from, to: correction.to, reason: correction.reason,
                    recorder: correction.recorder, time: now)
            else { continue }
            events.append(.corrected(set: set, correction: copy))
        }
        return events
    }
}
