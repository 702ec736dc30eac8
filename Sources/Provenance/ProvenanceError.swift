import Files

/// A failure of consents, ledger, certificates or content credentials.
package struct ProvenanceError: CausedError {
    package enum Code: String, Sendable, CaseIterable {
        /// No consent is recorded for a person.
        case noConsent
        /// The consent has ended.
        case expired
        /// The consent was taken back.
        case revoked
        /// The consent is another person's than the face set's.
        case wrongPerson
        /// The consent does not reach this far.
        case outOfScope
        /// This machine's clock is behind what is recorded.
        case clock
        /// What was given for a record cannot be one.
        case badRecord
        /// Records were changed, cut or removed after they were written.
        case tampered
        case unreadable
        case unwritable
        /// Certificate or key cannot be used.
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

    /// Whether what the user gave is at fault rather than the machine.
    package var isBadInput: Bool { code != .unwritable && code != .signing }
}
