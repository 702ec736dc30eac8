import Pictures

extension Picture {
    /// Cuts out `width × height` pixels as the transform places them.
    ///
    /// Bilinear; when the transform shrinks, each pixel is the mean of enough bilinear samples that none is skipped. Beyond
    /// the picture's edge the edge repeats.
    ///
    /// - Parameter transform: picture pixels → pixels of the result. Its scale must not be zero.
    package func crop(_ transform: SimilarityTransform, width: Int, height: Int) -> Picture {
        let bytes = samples(transform, width: width, height: height) { UInt8($0 + 0.5) }
        return Picture(width: width, height: height, pixels: bytes)
    }

    /// The same as `crop`, unrounded: `height × width × 3` values 0…255.
    package func samples(_ transform: SimilarityTransform, width: Int, height: Int) -> [Float] {
        samples(transform, width: width, height: height) { $0 }
    }

    private func samples<Value>(
        _ transform: SimilarityTransform, width: Int, height: Int, convert: (Float) -> Value
    ) -> [Value] {
        var back = transform.inverse
        if ![back.a, back.b, back.tx, back.ty].allSatisfy(\.isFinite) { back = .identity }
        // Sub-samples for each side of a pixel: one when growing, as many as source pixels pass under it when shrinking.
        let parts = Int(max(1, min(16, (back.scale - 0.25).rounded(.up))))
        let share = 1 / Float(parts * parts)
        return [Value](unsafeUninitializedCapacity: width * height * 3) { result, count in
            pixels.withUnsafeBufferPointer { source in
                let sampler = Sampler(source: source, width: self.width, height: self.height)
                var offset = 0
                for row in 0..<height {
                    for column in 0..<width {
                        var sum = SIMD4<Float>()
                        for part in 0..<(parts * parts) {
                            let x = Double(column) + (Double(part % parts) + 0.5) / Double(parts)
                            let y = Double(row) + (Double(part / parts) + 0.5) / Double(parts)
                            sum += sampler.colour(
                                x: back.a * x - back.b * y + back.tx, y: back.b * x + back.a * y + back.ty)
                        }
                        sum *= share
                        result.initializeElement(at: offset, to: convert(sum.x))
                        result.initializeElement(at: offset + 1, to: convert(sum.y))
                        result.initializeElement(at: offset + 2, to: convert(sum.z))
                        offset += 3
                    }
                }
            }
            count = width * height * 3
        }
    }
}

/// Bilinear look-up in interleaved RGB, repeating the edge.
private struct Sampler {
    let source: UnsafeBufferPointer<UInt8>
    let width: Int
    let height: Int

    /// The colour at a continuous position, where pixel centres lie at halves.
    @inline(__always)
    func colour(x: Double, y: Double) -> SIMD4<Float> {
        let x = min(max(x - 0.5, 0), Double(width - 1))
        let y = min(max(y - 0.5, 0), Double(height - 1))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (u, v) = (Float(x - Double(left)), Float(y - Double(top)))
        let upper = pixel(left, top) * (1 - u) + pixel(right, top) * u
        let lower = pixel(left, bottom) * (1 - u) + pixel(right, bottom) * u
        return upper * (1 - v) + lower * v
    }

    @inline(__always)
    private func pixel(_ column: Int, _ row: Int) -> SIMD4<Float> {
        let offset = (row * width + column) * 3
        return SIMD4(Float(source[offset]), Float(source[offset + 1]), Float(source[offset + 2]), 0)
    }
}
