import Foundation

/// A line of a workspace's consent file.
package enum ConsentEvent: Sendable, Codable, Equatable {
    case granted(consent: Consent)
    /// Binds a face set to the person of a consent.
    case bound(set: String, consent: String, time: Date)
    case revoked(consent: String, reason: String, recorder: String, time: Date)
    /// Rebinds a face set that was bound to the wrong person.
    case corrected(set: String, correction: ConsentCorrection)
}

/// The correction of a face set's person.
package struct ConsentCorrection: Sendable, Codable, Equatable {
    /// The consent of the wrong person.
    package let from: String
    /// The consent of the right person.
    package let to: String
    package let reason: String
    package let recorder: String
    package let time: Date
    /// SHA-256 of the existing model files, which may not be used any more.
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

/// A consent as referenced by outputs.
package struct ConsentReference: Sendable, Codable, Equatable {
    package let set: String
    package let use: Consent.Use
    package let relation: Consent.Relation
    package let consent: String
    /// SHA-256 of the record's line, which does not reveal the person.
    package let record: String
    /// SHA-256 of the document, if there is one.
    package let document: String?
    /// The reason of the correction, if the set's person was corrected.
    package var correction: String?
    /// True if the record is in another workspace, the one of the model that drew the face.
    package var isElsewhere: Bool?
}
