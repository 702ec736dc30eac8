import Files
import Foundation

/// A failure of the networks that look at faces.
package struct VisionError: CausedError {
    package enum Code: Sendable {
        /// A network's file is not there.
        case weightsMissing
        /// A network's file is cut off, or is not what this program reads.
        case weightsDamaged
        /// A network gave something of another shape than it should.
        case unexpectedResult
    }

    package let code: Code
    /// What went wrong, naming the file, and what to do about it.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the user's input is to blame: never, the networks come with the setup.
    package var isBadInput: Bool { false }

}
