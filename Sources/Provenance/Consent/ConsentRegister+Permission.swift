import Foundation

extension ConsentRegister {
    /// The consent that a use of a face set rests on: the set's own, or a newer one of the same person.
    ///
    /// - Parameters:
    ///   - id: the consent that the user names; nil takes what is recorded.
    ///   - remedy: a sentence that tells how to record a consent for the set.
    /// - Throws: `ProvenanceError` `noConsent`, `expired`, `revoked`, `wrongPerson`, `outOfScope`; the message says why and
    ///   what to do.
    package func permission(
        set: String, use: Consent.Use, naming id: String? = nil, at now: Date = Date(), remedy: String
    ) throws -> ConsentReference {
        let known = entry(ofSet: set)
        if let id {
            let entry = try named(id, remedy)
            try requireSamePerson(entry, set, known, remedy)
            return try reference(entry, set, use, now, remedy)
        }
        guard let known else {
            throw ProvenanceError(
                .noConsent, "no consent is recorded for the person of the face set '\(set)'. \(remedy)")
        }
        let usable = entries(of: known.consent.person).last {
            $0.state(at: now) == .valid && $0.consent.uses.contains(use)
        }
        return try reference(usable ?? known, set, use, now, remedy)
    }

    private func named(_ id: String, _ remedy: String) throws -> Entry {
        if let entry = entry(id) { return entry }
        throw ProvenanceError(.noConsent, "there is no consent '\(id)' in this workspace. \(remedy)")
    }

    /// A set may change hands only when nothing that it was bound to holds any more because it was taken back.
    package func requireSamePerson(
        _ entry: Entry, _ set: String, _ known: Entry?, _ remedy: String
    ) throws {
        guard let known, !Consent.isSame(known.consent.person, entry.consent.person),
            known.revocation == nil
        else { return }
        throw ProvenanceError(
            .wrongPerson,
            "consent \(entry.consent.id) is \(entry.consent.person)'s, but the face set '\(set)' shows "
                + "\(known.consent.person) (consent \(known.consent.id)). If the set was bound to the wrong person, revoke "
                + "\(known.consent.id) first. \(remedy)")
    }

    /// The consent of a set that is made of others; nil where nobody has said whom any of them shows.
    ///
    /// A consent that was taken back counts like any other: it says whom a set shows.
    ///
    /// - Throws: `ProvenanceError` `wrongPerson` where they show different people: one's consent would cover the other.
    package func joined(_ sets: [String]) throws -> Entry? {
        let known = sets.compactMap { set in entry(ofSet: set).map { (set, $0) } }
        guard let (set, entry) = known.first else { return nil }
        for (other, another) in known where !Consent.isSame(another.consent.person, entry.consent.person) {
            throw ProvenanceError(
                .wrongPerson,
                "the face set '\(set)' shows \(entry.consent.person) (consent \(entry.consent.id)), but '\(other)' shows "
                    + "\(another.consent.person) (consent \(another.consent.id)): one's consent does not cover the other. If a "
                    + "set was bound to the wrong person, revoke that consent and record the right one "
                    + "(dimorph consent add --person NAME --set \(other))")
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
            document: consent.document?.sha256)
    }

    /// The day in UTC, such as 2026-11-25.
    package static func day(_ time: Date) -> String {
        String(time.formatted(.iso8601.year().month().day()))
    }
}
