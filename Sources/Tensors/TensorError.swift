import Files

/// A failure of the engine: a shape that does not fit, a device that is not there, memory that ran out.
package struct TensorError: MemoryShortage, CustomStringConvertible {
    package enum Code: Sendable {
        /// The engine's library is missing or does not fit this program.
        case engineMissing
        case outOfMemory
        case deviceMissing
        /// An operation refused its arguments.
        case invalidOperation
        /// A stored tensor is missing, superfluous or of another shape.
        case mismatch
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
    package var isMemoryShortage: Bool { code == .outOfMemory }
    package var isBadInput: Bool { code == .mismatch }
}
