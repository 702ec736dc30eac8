import Files

/// An error of the engine, such as a shape mismatch, a missing device or a lack of memory.
package struct TensorError: MemoryShortage, CustomStringConvertible {
    package enum Code: Sendable {
        /// The engine library is missing or incompatible.
        case engineMissing
        case outOfMemory
        case deviceMissing
        /// An operation rejected its arguments.
        case invalidOperation
        /// A stored tensor is missing, unexpected or of another shape.
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
