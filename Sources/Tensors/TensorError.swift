import Files

/// An error of the engine, such as mismatched shapes, an unavailable device or exhausted memory.
package struct TensorError: MemoryShortage, CustomStringConvertible {
    package enum Code: Sendable {
        /// The engine's library is missing or incompatible with this program.
        case engineMissing
        case outOfMemory
        case deviceMissing
        /// Invalid arguments of an operation.
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
