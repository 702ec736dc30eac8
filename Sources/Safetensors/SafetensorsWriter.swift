import Files
import Foundation

/// An array to be stored.
package struct StoredTensor: Sendable {
    package let type: SafetensorsType
    package let shape: [Int]
    package let bytes: [UInt8]

    package init(type: SafetensorsType, shape: [Int], bytes: [UInt8]) {
        self.type = type
        self.shape = shape
        self.bytes = bytes
    }

    /// An array of Swift numbers of the same width as `type`.
    package init<Value: BitwiseCopyable>(_ values: [Value], type: SafetensorsType, shape: [Int]) {
        self.init(type: type, shape: shape, bytes: values.withUnsafeBytes { Array($0) })
    }
}

/// Writes a safetensors file atomically: to a temporary file, synced to the disk, then renamed over the old one.
package struct SafetensorsWriter {
    /// An array whose bytes are produced chunk by chunk during writing, so that a large set is never in memory as a whole.
    package struct Array {
        let name: String
        let type: SafetensorsType
        let shape: [Int]
        let write: (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

        package init(
            name: String, type: SafetensorsType, shape: [Int],
            write: @escaping (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
        ) {
            self.name = name
            self.type = type
            self.shape = shape
            self.write = write
        }
    }

    package static func write(_ tensors: [String: StoredTensor], metadata: [String: String], to url: URL)
        throws
    {
        let arrays = tensors.sorted { $0.key < $1.key }.map { name, tensor in
            Array(name: name, type: tensor.type, shape: tensor.shape) { put in
                try tensor.bytes.withUnsafeBytes { try put($0) }
            }
        }
        try write(arrays, metadata: metadata, to: url)
    }

    package static func write(_ arrays: [Array], metadata: [String: String], to url: URL) throws {
        let file = try DurableFile(replacing: url)
        let header = try Header.encoded(arrays.map { ($0.name, $0.type, $0.shape) }, metadata: metadata)
        try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.write($0) }
        try header.withUnsafeBytes { try file.write($0) }
        for array in arrays {
            var written = 0
            try array.write { bytes in
                written += bytes.count
                try file.write(bytes)
            }
            let expected = array.shape.reduce(array.type.byteCount, *)
            guard written == expected else {
                throw SafetensorsError(
                    .damaged,
                    "'\(array.name)' should fill \(expected) bytes of \(url.path) but has \(written)")
            }
        }
        try file.commit()
    }
}
