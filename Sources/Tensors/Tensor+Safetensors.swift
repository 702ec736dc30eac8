import Safetensors

extension Tensor {
    /// A tensor stored in a file, copied to the device.
    package convenience init(_ name: String, in file: SafetensorsFile, device: Device = .cpu) throws {
        let entry = try file.entry(name)
        try self.init(
            bytes: file.bytes(of: entry), shape: entry.shape, type: ElementType(entry.type), device: device)
    }

    /// Part of a stored tensor along its first axis, copied to the device: a mapped file is read no further.
    package convenience init(
        _ name: String, rows: Range<Int>, in file: SafetensorsFile, device: Device = .cpu
    ) throws {
        let entry = try file.entry(name)
        guard let count = entry.shape.first, rows.lowerBound >= 0, rows.upperBound <= count else {
            throw TensorError(.mismatch, "'\(name)' in \(file.url.path) has no rows \(rows)")
        }
        let bytes = file.bytes(of: entry)
        let stride = count > 0 ? bytes.count / count : 0
        let part = UnsafeRawBufferPointer(
            rebasing: bytes[rows.lowerBound * stride..<rows.upperBound * stride])
        try self.init(
            bytes: part, shape: [rows.count] + entry.shape.dropFirst(), type: ElementType(entry.type),
            device: device)
    }

    /// This tensor's values, ready to be written to a file.
    package func stored() throws -> StoredTensor {
        let type = elementType
        var bytes = [UInt8](repeating: 0, count: count * type.byteCount)
        try bytes.withUnsafeMutableBytes { try copyBytes(to: $0) }
        return StoredTensor(type: type.stored, shape: shape, bytes: bytes)
    }
}
