import Files

/// A failure to curate a face set.
package struct CurationError: CausedError {
    package enum Code: Sendable {
        /// There is no set, face or person of this name or number.
        case notFound
        /// A rule, sort key or count that cannot be meant.
        case rule
        /// A picture, mask or folder that cannot be taken in.
        case exchange
    }

    package let code: Code
    package let message: String  // names the set or file and the remedy
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var isBadInput: Bool { true }
}
