import Foundation
import Safetensors

extension Tensor {
    /// A tensor stored in a file, copied to the device.
    package convenience init(_ name: String, in file: SafetensorsFile, device: Device = .cpu) throws {
        let entry = try file.entry(name)
        try self.init(
            bytes: file.bytes(of: entry), shape: entry.shape, type: ElementType(entry.type), device: device)
    }

    /// Rows `rows` of a stored tensor along its first axis, copied to the device. The rest of the mapped file is not read.
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

    /// The given rows of a stored tensor along its first axis, in this order, copied to the device.
    package convenience init(
        _ name: String, rows: [Int], in file: SafetensorsFile, device: Device = .cpu
    ) throws {
        let entry = try file.entry(name)
        guard let count = entry.shape.first, rows.allSatisfy({ $0 >= 0 && $0 < count }) else {
            throw TensorError(.mismatch, "'\(name)' in \(file.url.path) has no rows \(rows)")
        }
        let bytes = file.bytes(of: entry)
        let stride = count > 0 ? bytes.count / count : 0
        let joined = [UInt8](unsafeUninitializedCapacity: rows.count * stride) { buffer, filled in
            for (place, row) in rows.enumerated() {
                UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[place * stride..<(place + 1) * stride]
                ).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[row * stride..<(row + 1) * stride]))
            }
            filled = rows.count * stride
        }
        let shape = [rows.count] + entry.shape.dropFirst()
        let type = ElementType(entry.type)
        let handle = try joined.withUnsafeBytes {
            try Tensor.copy($0.baseAddress, shape: shape, type: type, device: device)
        }
        self.init(handle: handle)
    }

    /// The tensor's values in the form that `SafetensorsWriter` takes.
    package func stored() throws -> StoredTensor {
        let type = elementType
        var bytes = [UInt8](repeating: 0, count: count * type.byteCount)
        try bytes.withUnsafeMutableBytes { try copyBytes(to: $0) }
        return StoredTensor(type: type.stored, shape: shape, bytes: bytes)
    }
}

extension SafetensorsWriter {
    /// Writes tensors sorted by name, one chunk at a time, so that no tensor is copied as a whole.
    package static func write(_ tensors: [String: Tensor], metadata: [String: String], to url: URL) throws {
        let arrays = tensors.sorted { $0.key < $1.key }.map { name, tensor in
            Array(name: name, type: tensor.elementType.stored, shape: tensor.shape) {
                try tensor.copyChunks(to: $0)
            }
        }
        try write(arrays, metadata: metadata, to: url)
    }
}

extension Tensor {
    /// Size in bytes of the chunks that a tensor is copied to the host in; a longer row is a chunk of its own.
    private static let chunkSize = 4 << 20

    /// Copies the values to the host in row-major order, some rows at a time.
    fileprivate func copyChunks(to put: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let rows = shape.first, rows > 0 else { return try withHostBytes(to: put) }
        let row = max(1, count / rows * elementType.byteCount)
        let step = max(1, Self.chunkSize / row)
        for start in stride(from: 0, to: rows, by: step) {
            try slice(start..<min(rows, start + step), axis: 0).withHostBytes(to: put)
        }
    }

    private func withHostBytes(to put: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withUnsafeTemporaryAllocation(byteCount: count * elementType.byteCount, alignment: 16) {
            try copyBytes(to: $0)
            try put(UnsafeRawBufferPointer($0))
        }
    }
}
