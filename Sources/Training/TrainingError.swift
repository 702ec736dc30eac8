import Files

/// A failure to train.
package struct TrainingError: CausedError, MemoryShortage {
    package enum Code: Sendable {
        case tooFewFaces, mismatch, diverged, unwritable, diskFull, tooLittleMemory, processGroup, ranksLost
    }

    package let code: Code
    package let message: String  // the cause and a remedy
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var isMemoryShortage: Bool { code == .tooLittleMemory }
    package var isBadInput: Bool { code == .tooFewFaces || code == .mismatch }
}
