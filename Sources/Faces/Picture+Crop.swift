import Pictures

extension Picture {
    /// Warps the picture to `width × height` pixels.
    ///
    /// Bilinear; when the transform shrinks, each pixel is the mean of enough bilinear samples to cover all source pixels.
    /// Edges repeat.
    ///
    /// - Parameter transform: picture pixels → pixels of the result. Its scale must not be zero.
    package func crop(_ transform: SimilarityTransform, width: Int, height: Int) -> Picture {
        let bytes = samples(AffineMap(transform.inverse), width: width, height: height) { UInt8($0 + 0.5) }
        return Picture(width: width, height: height, pixels: bytes)
    }

    /// The same for a part of a frame whose pixels need not be square.
    ///
    /// - Parameters:
    ///   - transform: square pixels of the whole frame → pixels of the result.
    ///   - x, y: position of this picture's corner in the frame, in stored pixels.
    package func crop(
        _ transform: SimilarityTransform, shape: PixelShape, x: Int, y: Int, width: Int, height: Int
    ) -> Picture {
        guard !shape.isSquare else {
            let corner = SimilarityTransform(a: 1, b: 0, tx: Double(x), ty: Double(y))
            return crop(corner.then(transform), width: width, height: height)
        }
        let back = AffineMap(transform.inverse).then(shape.toStored)
            .then(.translation(-Double(x), -Double(y)))
        return Picture(
            width: width, height: height,
            pixels: samples(back, width: width, height: height) { UInt8($0 + 0.5) })
    }

    /// `crop` without rounding: `height × width × 3` values 0…255.
    package func samples(_ transform: SimilarityTransform, width: Int, height: Int) -> [Float] {
        samples(AffineMap(transform.inverse), width: width, height: height) { $0 }
    }

    /// - Parameter map: pixels of the result → pixels of this picture.
    private func samples<Value>(
        _ map: AffineMap, width: Int, height: Int, convert: (Float) -> Value
    ) -> [Value] {
        let back = map.isFinite ? map : .identity
        let across = (back.a * back.a + back.c * back.c).squareRoot()
        let down = (back.b * back.b + back.d * back.d).squareRoot()
        // Sub-samples per axis of a pixel: one when enlarging, the number of source pixels per target pixel when shrinking.
        let parts = Int(max(1, min(16, (max(across, down) - 0.25).rounded(.up))))
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
                                x: back.a * x + back.b * y + back.tx, y: back.c * x + back.d * y + back.ty)
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

/// Bilinear look-up in interleaved RGB; edges repeat.
private struct Sampler {
    let source: UnsafeBufferPointer<UInt8>
    let width: Int
    let height: Int

    /// The colour at a continuous position, with pixel centres at halves.
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
