import Files

/// An error of consents, ledger, certificates or Content Credentials.
package struct ProvenanceError: CausedError {
    package enum Code: String, Sendable, CaseIterable {
        /// No consent is recorded for a person.
        case noConsent
        /// The consent has expired.
        case expired
        /// The consent was revoked.
        case revoked
        /// The consent is of another person than the face set.
        case wrongPerson
        /// The consent does not cover this use.
        case outOfScope
        /// This machine's clock is earlier than the newest record.
        case clock
        /// Invalid input for a record.
        case badRecord
        /// Records were modified, truncated or removed after they were written.
        case tampered
        case unreadable
        case unwritable
        /// Unusable certificate or private key.
        case certificate
        /// The file could not be signed.
        case signing
    }

    package let code: Code
    package let message: String  // names the file or record and the remedy
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        (self.code, self.message, self.cause) = (code, message, cause)
    }

    /// Whether the cause is the user's input rather than the machine.
    package var isBadInput: Bool { code != .unwritable && code != .signing }
}
