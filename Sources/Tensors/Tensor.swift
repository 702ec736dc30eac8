import CTorch
import Safetensors

/// An n-dimensional array of numbers on a device, with its autograd graph if gradients are required.
///
/// Not Sendable: all tensors of a thread stay on it; only plain values are passed between threads.
package final class Tensor {
    let handle: CTTensor

    init(handle: CTTensor) { self.handle = handle }

    deinit { _ = ct_release(handle, nil) }

    /// A tensor with the given values in row-major order. Their count must equal the product of the shape.
    package convenience init<Value: TensorElement>(_ values: [Value], shape: [Int], device: Device = .cpu)
        throws
    {
        guard values.count == shape.reduce(1, *) else {
            throw TensorError(.invalidOperation, "\(values.count) values do not fill the shape \(shape)")
        }
        let handle = try values.withUnsafeBytes {
            try Tensor.copy($0.baseAddress, shape: shape, type: Value.elementType, device: device)
        }
        self.init(handle: handle)
    }

    /// A tensor of raw little-endian bytes, copied.
    package convenience init(
        bytes: UnsafeRawBufferPointer, shape: [Int], type: ElementType, device: Device = .cpu
    ) throws {
        guard bytes.count == shape.reduce(1, *) * type.byteCount else {
            throw TensorError(
                .invalidOperation, "\(bytes.count) bytes do not fill the shape \(shape) of \(type)")
        }
        self.init(handle: try Tensor.copy(bytes.baseAddress, shape: shape, type: type, device: device))
    }

    /// A tensor filled with one value.
    package convenience init(
        repeating value: Double, shape: [Int], type: ElementType = .float32, device: Device = .cpu
    ) throws {
        var handle: CTTensor?
        let dimensions = shape.map(Int64.init)
        try Engine.call {
            ct_full(dimensions, Int32(dimensions.count), value, type.raw, device.raw, &handle, $0)
        }
        guard let handle else { throw TensorError(.invalidOperation, "the engine returned no tensor") }
        self.init(handle: handle)
    }

    static func copy(
        _ bytes: UnsafeRawPointer?, shape: [Int], type: ElementType, device: Device
    ) throws -> CTTensor {
        var handle: CTTensor?
        let dimensions = shape.map(Int64.init)
        try Engine.call {
            ct_from_bytes(bytes, dimensions, Int32(dimensions.count), type.raw, device.raw, &handle, $0)
        }
        guard let handle else { throw TensorError(.invalidOperation, "the engine returned no tensor") }
        return handle
    }

    /// Lengths of the axes, outermost first.
    package private(set) lazy var shape: [Int] = description(of: handle).shape
    package private(set) lazy var elementType: ElementType = description(of: handle).type
    package private(set) lazy var device: Device = description(of: handle).device
    package var count: Int { shape.reduce(1, *) }

    /// The values in row-major order, copied to the host; waits for the device. The element types must be equal.
    package func values<Value: TensorElement>(as type: Value.Type = Float.self) throws -> [Value] {
        guard elementType == Value.elementType else {
            throw TensorError(
                .invalidOperation, "a tensor of \(elementType) was read as \(Value.elementType)")
        }
        let count = count
        return try [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            try copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
            filled = count
        }
    }

    /// Copies the values' bytes to the host in row-major order.
    package func copyBytes(to buffer: UnsafeMutableRawBufferPointer) throws {
        try Engine.call { ct_copy_bytes(handle, buffer.baseAddress, Int64(buffer.count), $0) }
    }

    /// The value of a one-element tensor of any floating-point type.
    package func item() throws -> Double {
        guard let value = try to(.float64).values(as: Double.self).first else {
            throw TensorError(.invalidOperation, "an empty tensor has no value")
        }
        return value
    }

    private struct Description {
        var shape: [Int]
        var type: ElementType
        var device: Device
    }

    private func description(of handle: CTTensor) -> Description {
        var dimensions = [Int64](repeating: 0, count: Int(CT_MAXIMUM_RANK))
        var rank: Int32 = 0
        var type: CTType = 0
        var place = CTDevice()
        // Fails only for an element type or a rank that this program does not create.
        _ = ct_describe(handle, &dimensions, &rank, &type, &place, nil)
        return Description(
            shape: dimensions.prefix(Int(rank)).map(Int.init), type: ElementType(type), device: Device(place))
    }
}
