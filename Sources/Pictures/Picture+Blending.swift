extension Picture {
    /// Alpha-blends another picture of the same size: 0 keeps this picture's pixel bit-exact, 1 takes the other's.
    package func blended(with other: Picture, amount: Plane) -> Picture {
        precondition(
            width == other.width && height == other.height && width == amount.width
                && height == amount.height,
            "pictures and mask of one size")
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { target in
            other.pixels.withUnsafeBufferPointer { source in
                amount.values.withUnsafeBufferPointer { amount in
                    for pixel in 0..<amount.count where amount[pixel] > 0 {
                        let part = min(1, amount[pixel])
                        for index in pixel * 3..<pixel * 3 + 3 {
                            let old = Float(target[index])
                            target[index] = UInt8(rounding: old + (Float(source[index]) - old) * part)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Unsharp masking: adds `amount` times the detail removed by a Gaussian blur of `sigma` pixels.
    package func sharpened(sigma: Double, amount: Float) -> Picture {
        var result = self
        for index in 0..<3 {
            let plain = channel(index)
            let soft = plain.blurred(sigma: sigma)
            for pixel in 0..<width * height {
                let value = plain.values[pixel]
                result.pixels[pixel * 3 + index] = UInt8(
                    rounding: value + amount * (value - soft.values[pixel]))
            }
        }
        return result
    }
}
