extension SafetensorsFile {
    /// Refuses a floating-point array that holds NaN, infinity or greater magnitudes than are possible. Other arrays pass.
    ///
    /// Reads the array once, at the speed of the memory.
    ///
    /// - Parameter limit: the greatest magnitude; nil for any finite one.
    /// - Throws: `SafetensorsError` (`damaged`) that names the array.
    package func requireNumbers(_ name: String, upTo limit: Double? = nil) throws {
        let entry = try entry(name)
        let bytes = bytes(of: entry)
        // Without their sign, floating-point numbers are ordered as their bits are; infinity and NaN are the greatest.
        let isSound =
            switch entry.type {
            case .f32:
                Self.greatest(bytes, UInt32.self)
                    <= Float(limit ?? Double(Float.greatestFiniteMagnitude)).bitPattern
            case .f64: Self.greatest(bytes, UInt64.self) <= (limit ?? .greatestFiniteMagnitude).bitPattern
            case .f16: Self.greatest(bytes, UInt16.self) <= 0x7BFF
            case .bf16:
                Self.greatest(bytes, UInt16.self)
                    <= UInt16(Float(limit ?? Double(Float.greatestFiniteMagnitude)).bitPattern >> 16)
            case .u8, .i32, .i64, .bool: true
            }
        guard isSound else {
            throw SafetensorsError(
                .damaged,
                "'\(name)' in \(url.path) holds numbers that are not finite\(limit.map { " or beyond ±\($0)" } ?? ""); "
                    + "restore the file from a copy or make it again")
        }
    }

    /// The greatest bit pattern without its sign.
    private static func greatest<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ type: Bits.Type
    ) -> Bits {
        let (size, mask) = (MemoryLayout<Bits>.size, Bits.max >> 1)
        var result: Bits = 0
        // Arrays of foreign files may begin at any byte.
        for place in 0..<bytes.count / size {
            result = max(result, bytes.loadUnaligned(fromByteOffset: place &* size, as: Bits.self) & mask)
        }
        return result
    }
}
