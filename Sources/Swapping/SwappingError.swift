import Files

/// A failure to convert a video.
package struct SwappingError: CausedError {
    package enum Code: String, Sendable {
        /// The model answered with something that cannot be laid into a frame.
        case network
        /// The target is not what can be converted.
        case target
        /// The list of edits is not one.
        case edits
        /// The painted mask does not fit the target.
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

    /// Whether what the user gave is at fault.
    package var isBadInput: Bool { code != .network }
}
