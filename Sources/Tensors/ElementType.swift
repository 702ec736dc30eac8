import CTorch
import Safetensors

/// The type of a tensor's elements.
package enum ElementType: CTType, Sendable {
    case uint8 = 0
    case int32 = 1
    case int64 = 2
    case float16 = 3
    case bfloat16 = 4
    case float32 = 5
    case float64 = 6
    case bool = 7

    package var byteCount: Int { stored.byteCount }

    var raw: CTType { rawValue }

    init(_ raw: CTType) { self = ElementType(rawValue: raw) ?? .float32 }

    /// The corresponding type of a safetensors file.
    package var stored: SafetensorsType {
        switch self {
        case .uint8: .u8
        case .int32: .i32
        case .int64: .i64
        case .float16: .f16
        case .bfloat16: .bf16
        case .float32: .f32
        case .float64: .f64
        case .bool: .bool
        }
    }

    package init(_ stored: SafetensorsType) {
        switch stored {
        case .u8: self = .uint8
        case .i32: self = .int32
        case .i64: self = .int64
        case .f16: self = .float16
        case .bf16: self = .bfloat16
        case .f32: self = .float32
        case .f64: self = .float64
        case .bool: self = .bool
        }
    }
}

/// A Swift number type that a tensor can store.
package protocol TensorElement: BitwiseCopyable, Sendable {
    static var elementType: ElementType { get }
}

extension UInt8: TensorElement { package static var elementType: ElementType { .uint8 } }
extension Int32: TensorElement { package static var elementType: ElementType { .int32 } }
extension Int64: TensorElement { package static var elementType: ElementType { .int64 } }
extension Float: TensorElement { package static var elementType: ElementType { .float32 } }
extension Double: TensorElement { package static var elementType: ElementType { .float64 } }
