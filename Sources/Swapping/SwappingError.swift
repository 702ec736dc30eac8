import Files

/// A failure to convert a video.
package struct SwappingError: CausedError {
    package enum Code: String, Sendable {
        /// The model's output has an unexpected number or size.
        case network
        /// The target cannot be converted.
        case target
        /// The list of edits is invalid.
        case edits
        /// The painted matte does not fit the target.
        case matte
        /// No face was swapped.
        case unchanged
    }

    package let code: Code
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        (self.code, self.message, self.cause) = (code, message, cause)
    }

    /// Whether the user's input is the cause.
    package var isBadInput: Bool { code != .network }
}
