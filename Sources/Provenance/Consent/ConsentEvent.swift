import Foundation

/// One line of a workspace's consents.
package enum ConsentEvent: Sendable, Codable, Equatable {
    case granted(consent: Consent)
    /// A face set shows the person of this consent.
    case bound(set: String, consent: String, time: Date)
    case revoked(consent: String, reason: String, recorder: String, time: Date)
}

/// A consent as it stands in the records: what outputs refer to.
package struct ConsentReference: Sendable, Codable, Equatable {
    package let set: String
    package let use: Consent.Use
    package let relation: Consent.Relation
    package let consent: String
    /// SHA-256 of the record's line, which tells nothing of the person.
    package let record: String
    /// SHA-256 of the document, where there is one.
    package let document: String?
}
