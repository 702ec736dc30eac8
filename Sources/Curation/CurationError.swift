import Files

/// A failure to curate a face set.
package struct CurationError: CausedError {
    package enum Code: Sendable {
        /// No set, face or person has this name or number.
        case notFound
        /// Invalid rule, sort key or count.
        case rule
        /// A picture, mask or folder that cannot be imported.
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
