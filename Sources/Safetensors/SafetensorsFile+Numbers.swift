extension SafetensorsFile {
    /// Throws if a floating-point array contains NaN, infinity or magnitudes beyond `limit`; ignores arrays of other types.
    ///
    /// Reads the array once, at memory bandwidth.
    ///
    /// - Parameter limit: the maximum magnitude; `nil` for any finite one.
    /// - Throws: `SafetensorsError` (`damaged`) with the array's name.
    package func requireNumbers(_ name: String, upTo limit: Double? = nil) throws {
        let entry = try entry(name)
        let bytes = bytes(of: entry)
        // With the sign bit cleared, IEEE numbers sort like their bit patterns, with infinity and NaN at the top.
        let isSound =
            switch entry.type {
            case .f32:
                Self.maximumMagnitude(bytes, UInt32.self)
                    <= Float(limit ?? Double(Float.greatestFiniteMagnitude)).bitPattern
            case .f64:
                Self.maximumMagnitude(bytes, UInt64.self) <= (limit ?? .greatestFiniteMagnitude).bitPattern
            case .f16: Self.maximumMagnitude(bytes, UInt16.self) <= 0x7BFF
            case .bf16:
                Self.maximumMagnitude(bytes, UInt16.self)
                    <= UInt16(Float(limit ?? Double(Float.greatestFiniteMagnitude)).bitPattern >> 16)
            case .u8, .i32, .i64, .bool: true
            }
        guard isSound else {
            throw SafetensorsError(
                .damaged,
                "'\(name)' in \(url.path) contains values that are not finite"
                    + "\(limit.map { " or beyond ±\($0)" } ?? ""); restore the file from a copy or create it again"
            )
        }
    }

    /// The maximum bit pattern, ignoring the sign bit.
    private static func maximumMagnitude<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ type: Bits.Type
    ) -> Bits {
        let (size, mask) = (MemoryLayout<Bits>.size, Bits.max >> 1)
        var result: Bits = 0
        // Arrays in files of other programs may be unaligned.
        for place in 0..<bytes.count / size {
            result = max(result, bytes.loadUnaligned(fromByteOffset: place &* size, as: Bits.self) & mask)
        }
        return result
    }
}
