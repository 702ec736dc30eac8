import Files

/// A failure to make a face set.
package struct ExtractionError: CausedError {
    package enum Code: Sendable {
        /// No face in the whole input, or none large enough.
        case noFace
        /// The reference picture shows no face, or nobody in the videos is like it.
        case reference
        /// A folder without pictures, or nothing to read at all.
        case noInput
        /// Something in the workspace is not as it was left.
        case damaged
    }

    package let code: Code
    package let message: String  // names the file and the remedy
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var isBadInput: Bool { true }
}
