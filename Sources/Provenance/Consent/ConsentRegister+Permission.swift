import Foundation

extension ConsentRegister {
    /// The consent that covers a use of a face set: the one that the set is bound to, or a later one of the same person.
    ///
    /// - Parameters:
    ///   - id: the consent given by the user; `nil` for the recorded one.
    ///   - remedy: a sentence on how to record a consent for the set.
    /// - Throws: `ProvenanceError` (`noConsent`, `expired`, `revoked`, `wrongPerson`, `outOfScope`); the message states the reason
    ///   and a remedy.
    package func permission(
        set: String, use: Consent.Use, naming id: String? = nil, at now: Date = Date(), remedy: String
    ) throws -> ConsentReference {
        let known = entry(ofSet: set)
        if let id {
            let entry = try named(id, remedy)
            try requireSamePerson(entry, set, known, remedy)
            try requireLater(entry, set, known, remedy)
            return try reference(entry, set, use, now, remedy)
        }
        guard let known else {
            throw ProvenanceError(
                .noConsent, "no consent is recorded for the person of the face set '\(set)'. \(remedy)")
        }
        let counting = entries(of: known.consent.person).filter { $0.position >= known.position }
        let usable = counting.last { $0.state(at: now) == .valid && $0.consent.uses.contains(use) }
        return try reference(usable ?? counting.last ?? known, set, use, now, remedy)
    }

    private func named(_ id: String, _ remedy: String) throws -> Entry {
        if let entry = entry(id) { return entry }
        throw ProvenanceError(.noConsent, "there is no consent '\(id)' in this workspace. \(remedy)")
    }

    /// A set is bound to one person, even after a revocation; only a correction changes that.
    package func requireSamePerson(
        _ entry: Entry, _ set: String, _ known: Entry?, _ remedy: String
    ) throws {
        guard let known, !Consent.isSame(known.consent.person, entry.consent.person) else { return }
        throw ProvenanceError(
            .wrongPerson,
            "consent \(entry.consent.id) is \(entry.consent.person)'s, but the face set '\(set)' shows "
                + "\(known.consent.person) (consent \(known.consent.id)\(known.revoked)). "
                + Self.correcting(set, to: entry.consent.id))
    }

    /// A sentence on correcting a wrong person.
    package static func correcting(_ set: String, to id: String) -> String {
        "If the wrong person was entered: dimorph consent correct \(set) --to \(id) --reason TEXT"
    }

    /// Throws if a consent is older than the one that the set is bound to.
    func requireLater(_ entry: Entry, _ set: String, _ known: Entry?, _ remedy: String) throws {
        guard let known, entry.position < known.position else { return }
        throw ProvenanceError(
            .noConsent,
            "consent \(entry.consent.id) of \(entry.consent.person) was recorded before \(known.consent.id), to which the "
                + "face set '\(set)' is bound: only that one or a later one counts. \(remedy)")
    }

    /// The common consent of joined sets; `nil` if none of them is bound.
    ///
    /// Revoked consents count too: they identify the person.
    ///
    /// - Throws: `ProvenanceError` (`wrongPerson`) if the sets show different people, as one's consent does not cover the other.
    package func joined(_ sets: [String]) throws -> Entry? {
        let known = sets.compactMap { set in entry(ofSet: set).map { (set, $0) } }
        guard let (set, entry) = known.max(by: { $0.1.position < $1.1.position }) else { return nil }
        for (other, another) in known where !Consent.isSame(another.consent.person, entry.consent.person) {
            throw ProvenanceError(
                .wrongPerson,
                "the face set '\(set)' shows \(entry.consent.person) (consent \(entry.consent.id)), but '\(other)' shows "
                    + "\(another.consent.person) (consent \(another.consent.id)): one's consent does not cover the other. "
                    + Self.correcting(other, to: entry.consent.id))
        }
        return entry
    }

    private func reference(
        _ entry: Entry, _ set: String, _ use: Consent.Use, _ now: Date, _ remedy: String
    ) throws -> ConsentReference {
        let consent = entry.consent
        let whose = "consent \(consent.id) of \(consent.person), whose face the set '\(set)' shows,"
        if let revocation = entry.revocation {
            throw ProvenanceError(
                .revoked,
                "\(whose) was revoked on \(Self.day(revocation.time)) (\(revocation.reason)): ask again before going on. "
                    + remedy)
        }
        if let expires = consent.expires, expires < now {
            throw ProvenanceError(
                .expired, "\(whose) ended on \(Self.day(expires)): ask for a longer one. \(remedy)")
        }
        guard consent.uses.contains(use) else {
            throw ProvenanceError(
                .outOfScope,
                "\(whose) allows use as \(consent.uses.map(\.rawValue).joined(separator: ", ")) only, not as "
                    + "\(use.rawValue). \(remedy)")
        }
        return ConsentReference(
            set: set, use: use, relation: consent.relation, consent: consent.id, record: entry.record,
            document: consent.document?.sha256, correction: corrections[set]?.last?.reason)
    }

    /// Throws if the clock is earlier than the newest record: a clock set back would make expired consents valid again.
    ///
    /// - Parameter recorded: the time of the newest record of consents and ledger.
    package static func requireClock(_ now: Date, notBefore recorded: Date?, in folder: URL) throws {
        guard let recorded, now.addingTimeInterval(clockTolerance) < recorded else { return }
        throw ProvenanceError(
            .clock,
            "this machine's clock says \(now.formatted(.iso8601)), but \(folder.path) has a record of "
                + "\(recorded.formatted(.iso8601)); set the clock right. If that record was written while a clock was ahead, "
                + "restore consents.* and ledger.* from a copy made before")
    }

    /// Tolerated clock skew between machines that share a workspace, in seconds.
    static let clockTolerance: TimeInterval = 60

    /// The date in UTC, such as 2026-11-25.
    package static func day(_ time: Date) -> String {
        String(time.formatted(.iso8601.year().month().day()))
    }
}

extension ConsentRegister.Entry {
    /// The revocation as part of a sentence; empty if not revoked.
    fileprivate var revoked: String {
        revocation.map { ", revoked on \(ConsentRegister.day($0.time))" } ?? ""
    }
}
