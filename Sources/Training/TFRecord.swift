import Foundation

/// TFRecord framing: length, its checksum, the data, their checksum.
enum TFRecord {
    static func framed(_ record: Data) -> Data {
        var length = Data()
        length.append(littleEndian: UInt64(record.count))
        var result = length
        result.append(littleEndian: masked(length))
        result += record
        result.append(littleEndian: masked(record))
        return result
    }

    /// Masked checksum, because the CRC of data that contain CRCs is weak.
    static func masked(_ data: Data) -> UInt32 {
        let sum = crc32c(data)
        return (sum >> 15 | sum << 17) &+ 0xa282_ead8
    }

    /// CRC-32C (Castagnoli's polynomial 0x1EDC6F41, reflected), as RFC 3720 defines it.
    static func crc32c(_ data: Data) -> UInt32 {
        ~data.reduce(~UInt32(0)) { sum, byte in
            table[Int((sum ^ UInt32(byte)) & 0xff)] ^ (sum >> 8)
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }
}

extension Data {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
