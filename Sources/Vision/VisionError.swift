import Files
import Foundation

/// A failure of the vision networks.
package struct VisionError: CausedError {
    package enum Code: Sendable {
        /// A network's file is missing.
        case weightsMissing
        /// A network's file is truncated or has an unsupported format.
        case weightsDamaged
        /// A network's output has an unexpected shape.
        case unexpectedResult
    }

    package let code: Code
    /// Description that names the file and the remedy.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the user's input is the cause: never, the setup provides the networks.
    package var isBadInput: Bool { false }

}
