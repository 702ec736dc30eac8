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

    /// What is recorded, checked against the chain.
    ///
    /// - Throws: `ProvenanceError` `tampered`, `unreadable`.
    package func register() throws -> ConsentRegister { ConsentRegister(try chain.links()) }

    package func grant(_ consent: Consent) throws { try add(.granted(consent: consent)) }

    /// Says that a face set shows the person of a consent; does nothing where that is known.
    ///
    /// - Throws: `ProvenanceError` `wrongPerson` where the set shows another person, `noConsent` for an unknown consent.
    package func bind(set: String, to id: String, at now: Date = Date(), remedy: String) throws {
        guard let event = try register().binding(set: set, to: id, at: now, remedy: remedy) else { return }
        try add(event)
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
        try add(.revoked(consent: id, reason: reason, recorder: recorder, time: now))
    }

    /// Records a consent, a binding or a correction that was checked.
    ///
    /// - Throws: `ProvenanceError` `clock` where it lies before the newest record; what the chain throws.
    package func add(_ event: ConsentEvent) throws {
        try ConsentRegister.requireClock(event.time, notBefore: register().newest, in: folder)
        try chain.append(event)
    }
}

extension ConsentRegister {
    /// The record that a face set shows the person of a consent; nil where that is known.
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

    /// The record that a set shows another person than was entered.
    ///
    /// - Parameter models: SHA-256 of the model files that there are.
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

    /// What is recorded of a set that other sets have become: whom it shows, and what was corrected of them.
    ///
    /// - Parameters:
    ///   - sets: those whose faces it has now, itself among them where it was there before.
    ///   - entry: the consent of all, as `joined` gives it.
    package func carrying(_ sets: [String], into set: String, _ entry: Entry, at now: Date) -> [ConsentEvent]
    {
        let inherited = Set(sets).subtracting([set]).sorted().flatMap { corrections[$0] ?? [] }
        var events: [ConsentEvent] = []
        if bindings[set] == nil { events.append(.bound(set: set, consent: entry.consent.id, time: now)) }
        for correction in inherited {
            // The models that it closes are closed already, by the set that it was made for.
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
