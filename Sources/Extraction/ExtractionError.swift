import Files

/// A failure to create a face set.
package struct ExtractionError: CausedError {
    package enum Code: Sendable {
        /// No face in the input, or none is large enough.
        case noFace
        /// The reference picture shows no face, or no person in the videos matches it.
        case reference
        /// A folder without pictures, or no input.
        case noInput
        /// The workspace or a video was changed since an earlier run.
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
