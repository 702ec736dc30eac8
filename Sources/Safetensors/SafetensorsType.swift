import Files

/// The element types of safetensors files that Dimorph uses, by their names in the header.
package enum SafetensorsType: String, Sendable {
    case u8 = "U8"
    case i32 = "I32"
    case i64 = "I64"
    case f16 = "F16"
    case bf16 = "BF16"
    case f32 = "F32"
    case f64 = "F64"
    case bool = "BOOL"

    package var isFloating: Bool {
        switch self {
        case .f16, .bf16, .f32, .f64: true
        case .u8, .i32, .i64, .bool: false
        }
    }

    package var byteCount: Int {
        switch self {
        case .u8, .bool: 1
        case .f16, .bf16: 2
        case .i32, .f32: 4
        case .i64, .f64: 8
        }
    }
}

/// A failure to read or write a safetensors file.
package struct SafetensorsError: CausedError, MemoryShortage {
    package enum Code: Sendable { case unreadable, damaged, missing, outOfMemory }

    package let code: Code
    package let message: String  // names the file and, if there is one, the remedy
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var isMemoryShortage: Bool { code == .outOfMemory }
    package var isBadInput: Bool { code != .outOfMemory }
}
