extension Picture {
    /// A copy with its luma (Rec. 601, rounded, full range) changed in place: the change of luma is added to each of a
    /// pixel's three channels, with clipping.
    package func changingLuma(_ change: (LumaPlane) throws -> Void) rethrows -> Picture {
        let before = luma.values.map { UInt8(rounding: $0) }
        var after = before
        try after.withUnsafeMutableBufferPointer { samples in
            guard let start = samples.baseAddress else { return }
            try change(
                LumaPlane(
                    .bytes(start), width: width, height: height, stride: width, bitDepth: 8, isFullRange: true
                ))
        }
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { pixels in
            for index in before.indices where before[index] != after[index] {
                let step = Int(after[index]) - Int(before[index])
                for channel in index * 3..<index * 3 + 3 {
                    pixels[channel] = UInt8(clamping: Int(pixels[channel]) + step)
                }
            }
        }
        return result
    }
}
