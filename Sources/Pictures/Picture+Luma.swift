extension Picture {
    /// Luma 0…255 from the gamma-encoded channels (Rec. 601: 0.299 R + 0.587 G + 0.114 B), not rounded.
    package var luma: Plane {
        var result = Plane(width: width, height: height)
        pixels.withUnsafeBufferPointer { pixels in
            result.values.withUnsafeMutableBufferPointer { values in
                for index in 0..<values.count {
                    values[index] =
                        0.299 * Float(pixels[index * 3]) + 0.587 * Float(pixels[index * 3 + 1])
                        + 0.114 * Float(pixels[index * 3 + 2])
                }
            }
        }
        return result
    }

    /// One channel (0 red, 1 green, 2 blue), 0…255.
    package func channel(_ index: Int) -> Plane {
        var result = Plane(width: width, height: height)
        for pixel in 0..<width * height { result.values[pixel] = Float(pixels[pixel * 3 + index]) }
        return result
    }
}

extension Plane {
    /// The plane as a grey picture; `range` is mapped to 0…255.
    package func picture(range: ClosedRange<Float> = 0...1) -> Picture {
        let scale = range.upperBound > range.lowerBound ? 255 / (range.upperBound - range.lowerBound) : 0
        var result = Picture(width: width, height: height)
        for (index, value) in values.enumerated() {
            let byte = UInt8(rounding: (value - range.lowerBound) * scale)
            for channel in 0..<3 { result.pixels[index * 3 + channel] = byte }
        }
        return result
    }
}
