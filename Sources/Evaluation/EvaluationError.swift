import Files

/// A failure to evaluate a video.
package struct EvaluationError: CausedError {
    package enum Code: String, Sendable {
        /// The clips do not match.
        case mismatch
    }

    package let code: Code
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        (self.code, self.message, self.cause) = (code, message, cause)
    }

    /// Whether the user's input is the cause.
    package var isBadInput: Bool { true }
}
