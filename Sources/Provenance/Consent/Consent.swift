import Foundation

/// A person's consent to the use of their face, or the reason why none is needed.
package struct Consent: Sendable, Codable, Equatable {
    /// The basis of the consent.
    package enum Relation: String, Sendable, Codable, CaseIterable {
        /// The person records their own consent.
        case own = "self"
        /// The person has signed a release (the document).
        case signedRelease = "signed-release"
        /// The footage has a licence for this use (the document).
        case licensedPerformer = "licensed-performer"
        case publicDomain = "public-domain"
        /// No real person's face: rendered or generated.
        case synthetic

        /// Whether a record requires a document.
        package var needsDocument: Bool { self == .signedRelease || self == .licensedPerformer }
    }

    /// The use of a face.
    package enum Use: String, Sendable, Codable, CaseIterable {
        /// The face is swapped onto another's performance.
        case source
        /// The face is replaced; the performance is kept.
        case target
    }

    /// Name and hash of a document that is not stored.
    package struct Document: Sendable, Codable, Equatable {
        package let name: String
        package let sha256: String

        package init(name: String, sha256: String) { (self.name, self.sha256) = (name, sha256) }

        package init(_ file: URL) throws {
            self.init(name: file.lastPathComponent, sha256: try Digest.sha256(of: file))
        }
    }

    package let id: String
    /// Name or pseudonym; face sets are bound to it.
    package let person: String
    package let relation: Relation
    package let uses: [Use]
    /// Free text: the production and what may be shown.
    package let scope: String?
    package let territory: String?
    /// Expiry time; `nil` for no limit.
    package let expires: Date?
    package let document: Document?
    /// The person who recorded the consent, and the time.
    package let recorder: String
    package let recorded: Date

    /// - Throws: `ProvenanceError` `badRecord`.
    package init(
        id: String = Self.newIdentifier(), person: String, relation: Relation, uses: [Use] = Use.allCases,
        scope: String? = nil, territory: String? = nil, expires: Date? = nil, document: Document? = nil,
        recorder: String, recorded: Date = Date()
    ) throws {
        (self.id, self.relation, self.uses) = (id, relation, uses)
        self.person = try Self.line(person, "the person's name", longest: 200)
        self.scope = try scope.map { try Self.line($0, "the scope", longest: 2000) }
        self.territory = try territory.map { try Self.line($0, "the territory", longest: 500) }
        self.recorder = try Self.line(recorder, "the recorder's name", longest: 200)
        // Records store whole seconds.
        self.expires = expires.map(Self.wholeSecond)
        self.recorded = Self.wholeSecond(recorded)
        self.document = document
        guard !uses.isEmpty else { throw ProvenanceError(.badRecord, "a consent needs a use") }
        guard document != nil || !relation.needsDocument else {
            throw ProvenanceError(
                .badRecord,
                "a consent by \(relation.rawValue) requires the document: give --document FILE, of "
                    + "which only name and SHA-256 are stored")
        }
    }

    /// A random identifier of eight hexadecimal digits.
    package static func newIdentifier() -> String {
        let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    static func line(_ text: String, _ what: String, longest: Int) throws -> String {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty, trimmed.count <= longest, !trimmed.contains(where: \.isNewline) else {
            throw ProvenanceError(.badRecord, "\(what) must be one line of 1 to \(longest) characters")
        }
        return trimmed
    }

    static func wholeSecond(_ time: Date) -> Date {
        Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
    }

    /// Whether two names are the same person's.
    package static func isSame(_ one: String, _ other: String) -> Bool {
        one.caseInsensitiveCompare(other) == .orderedSame
    }
}
