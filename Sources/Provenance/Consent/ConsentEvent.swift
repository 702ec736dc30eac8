import Foundation

/// One line of a workspace's consents.
package enum ConsentEvent: Sendable, Codable, Equatable {
    case granted(consent: Consent)
    /// A face set shows the person of this consent.
    case bound(set: String, consent: String, time: Date)
    case revoked(consent: String, reason: String, recorder: String, time: Date)
    /// The wrong person was entered for a face set: it shows the person of this consent.
    case corrected(set: String, correction: ConsentCorrection)
}

/// That the wrong person was entered for a face set, and who was meant.
package struct ConsentCorrection: Sendable, Codable, Equatable {
    /// The consent that the set was bound to.
    package let from: String
    /// The consent of the person whom the set shows.
    package let to: String
    package let reason: String
    package let recorder: String
    package let time: Date
    /// SHA-256 of the model files that were there: none of them may be used any more.
    package let models: [String]

    /// - Throws: `ProvenanceError` `badRecord`.
    package init(
        from: String, to: String, reason: String, recorder: String, models: [String] = [], time: Date = Date()
    ) throws {
        (self.from, self.to, self.models) = (from, to, models)
        self.reason = try Consent.line(reason, "the reason", longest: 500)
        self.recorder = try Consent.line(recorder, "the recorder's name", longest: 200)
        self.time = Consent.wholeSecond(time)
    }
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
    /// Why the person of the set was corrected, where that was done.
    package var correction: String?
    /// True where the record is in another workspace, whose model drew the face.
    package var isElsewhere: Bool?
}
