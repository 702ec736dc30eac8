/// Unowned access to the luma samples of one frame, to read or change them in place during a call.
///
/// The caller keeps the samples alive until the call returns. Samples are native-endian integers of `bitDepth` bits.
package struct LumaPlane {
    package enum Samples {
        /// 8 bits a sample.
        case bytes(UnsafeMutablePointer<UInt8>)
        /// 9 to 16 bits a sample, in the low bits.
        case words(UnsafeMutablePointer<UInt16>)
    }

    /// The first sample of the top row.
    package let samples: Samples
    package let width: Int
    package let height: Int
    /// Samples from one row to the next (stride); may be negative.
    package let stride: Int
    package let bitDepth: Int
    /// The least and greatest sample values of the range, such as 16 and 235.
    package let legal: ClosedRange<Int>

    /// - Parameter isFullRange: whether luma uses the full range instead of 16 to 235 (of 8 bits).
    package init(
        _ samples: Samples, width: Int, height: Int, stride: Int, bitDepth: Int, isFullRange: Bool
    ) {
        self.samples = samples
        (self.width, self.height, self.stride, self.bitDepth) = (width, height, stride, bitDepth)
        let extra = bitDepth - 8
        legal = isFullRange ? 0...(1 << bitDepth) - 1 : (16 << extra)...(235 << extra)
    }

    /// The samples, scaled to the range of 8 bits: 0…255.
    package var plane: Plane {
        switch samples {
        case .bytes(let start): plane(from: UnsafePointer(start))
        case .words(let start): plane(from: UnsafePointer(start))
        }
    }

    private func plane<Sample: FixedWidthInteger>(from start: UnsafePointer<Sample>) -> Plane {
        let scale = 1 / Float(1 << (bitDepth - 8))
        let values = [Float](unsafeUninitializedCapacity: width * height) { target, count in
            for row in 0..<height {
                let source = start + row * stride
                for column in 0..<width { target[row * width + column] = Float(source[column]) * scale }
            }
            count = width * height
        }
        return Plane(width: width, height: height, values: values)
    }
}
