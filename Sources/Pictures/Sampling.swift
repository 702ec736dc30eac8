/// Interpolation between pixels.
package enum Resampling: String, Sendable, Codable, CaseIterable {
    /// Bilinear, from 2×2 pixels.
    case bilinear
    /// Bicubic, from 4×4 pixels: Catmull–Rom (Keys 1981, a = −0.5). Sharper when enlarging.
    case bicubic
}

extension Picture {
    /// Warps the picture by a map from the new picture's pixels to this one's.
    ///
    /// Where the map shrinks by a factor s > 1, each new pixel is the mean of ⌈s⌉×⌈s⌉ points distributed over it, which
    /// prevents aliasing. Edges repeat outside the picture. A map that is not finite gives black.
    package func sampled(
        width: Int, height: Int, transform: AffineMap, filter: Resampling = .bilinear
    ) -> Picture {
        var result = Picture(width: width, height: height)
        guard self.width > 0, self.height > 0, transform.isFinite else { return result }
        pixels.withUnsafeBufferPointer { source in
            let grid = PixelGrid(pixels: source, width: self.width, height: self.height)
            result.pixels.withUnsafeMutableBufferPointer { target in
                let put = { (index: Int, value: SIMD4<Float>) in
                    target[index * 3] = UInt8(rounding: value.x)
                    target[index * 3 + 1] = UInt8(rounding: value.y)
                    target[index * 3 + 2] = UInt8(rounding: value.z)
                }
                switch filter {
                case .bilinear:
                    scan(width: width, height: height, transform: transform, at: grid.bilinear, put: put)
                case .bicubic:
                    scan(width: width, height: height, transform: transform, at: grid.bicubic, put: put)
                }
            }
        }
        return result
    }
}

extension Plane {
    /// Warps the plane by a map from the new plane's pixels to this one's, bilinear; the area mean where the map shrinks.
    /// Values outside the plane are `outside`, or the repeated edge if `nil`.
    package func sampled(width: Int, height: Int, transform: AffineMap, outside: Float? = nil) -> Plane {
        var result = Plane(width: width, height: height, repeating: outside ?? 0)
        guard self.width > 0, self.height > 0, transform.isFinite else { return result }
        values.withUnsafeBufferPointer { source in
            let grid = ValueGrid(values: source, width: self.width, height: self.height, outside: outside)
            result.values.withUnsafeMutableBufferPointer { target in
                scan(
                    width: width, height: height, transform: transform,
                    at: { x, y in SIMD4(grid.bilinear(x, y), 0, 0, 0) }, put: { target[$0] = $1.x })
            }
        }
        return result
    }
}

extension Plane {
    /// Samples each pixel at its position displaced by (x, y); edges repeat.
    ///
    /// - Precondition: planes of equal size.
    package func displaced(_ x: Plane, _ y: Plane, filter: Resampling = .bilinear) -> Plane {
        precondition(
            [x, y].allSatisfy { $0.width == width && $0.height == height }, "planes of one size")
        var result = self
        values.withUnsafeBufferPointer { values in
            let grid = ValueGrid(values: values, width: width, height: height, outside: nil)
            for row in 0..<height {
                for column in 0..<width {
                    let index = row * width + column
                    let across = Float(column) + 0.5 + x.values[index]
                    let down = Float(row) + 0.5 + y.values[index]
                    result.values[index] =
                        filter == .bicubic ? grid.bicubic(across, down) : grid.bilinear(across, down)
                }
            }
        }
        return result
    }
}

/// Visits each new pixel: `at` returns the source value at a continuous position, `put` stores the new value.
@inline(__always)
private func scan(
    width: Int, height: Int, transform: AffineMap,
    at: (Float, Float) -> SIMD4<Float>, put: (Int, SIMD4<Float>) -> Void
) {
    let across = (transform.a * transform.a + transform.c * transform.c).squareRoot()
    let down = (transform.b * transform.b + transform.d * transform.d).squareRoot()
    let count = min(64, max(1, Int((max(across, down) - 0.01).rounded(.up))))
    let part = 1 / Double(count)
    for row in 0..<height {
        for column in 0..<width {
            var sum = SIMD4<Float>.zero
            for v in 0..<count {
                let y = Double(row) + (Double(v) + 0.5) * part
                for u in 0..<count {
                    let x = Double(column) + (Double(u) + 0.5) * part
                    let place = transform(x, y)
                    sum += at(Float(place.x), Float(place.y))
                }
            }
            put(row * width + column, sum / Float(count * count))
        }
    }
}

/// Interpolated access to the bytes of a picture.
private struct PixelGrid {
    let pixels: UnsafeBufferPointer<UInt8>
    let width: Int
    let height: Int

    @inline(__always)
    func pixel(_ column: Int, _ row: Int) -> SIMD4<Float> {
        let index = (row * width + column) * 3
        return SIMD4(Float(pixels[index]), Float(pixels[index + 1]), Float(pixels[index + 2]), 0)
    }

    @inline(__always)
    func bilinear(_ x: Float, _ y: Float) -> SIMD4<Float> {
        let (left, top) = (Place(x, limit: width), Place(y, limit: height))
        let upper = pixel(left.index, top.index) * (1 - left.part) + pixel(left.next, top.index) * left.part
        let lower = pixel(left.index, top.next) * (1 - left.part) + pixel(left.next, top.next) * left.part
        return upper * (1 - top.part) + lower * top.part
    }

    @inline(__always)
    func bicubic(_ x: Float, _ y: Float) -> SIMD4<Float> {
        let (left, top) = (Place(x, limit: width), Place(y, limit: height))
        let (across, down) = (cubicWeights(left.part), cubicWeights(top.part))
        var sum = SIMD4<Float>.zero
        for j in 0..<4 {
            let row = min(max(top.index + j - 1, 0), height - 1)
            var line = SIMD4<Float>.zero
            for i in 0..<4 {
                line += pixel(min(max(left.index + i - 1, 0), width - 1), row) * across[i]
            }
            sum += line * down[j]
        }
        return sum
    }
}

/// Interpolated access to the values of a plane.
private struct ValueGrid {
    let values: UnsafeBufferPointer<Float>
    let width: Int
    let height: Int
    let outside: Float?

    @inline(__always)
    func value(_ column: Int, _ row: Int) -> Float {
        if let outside, column < 0 || row < 0 || column >= width || row >= height { return outside }
        return values[min(max(row, 0), height - 1) * width + min(max(column, 0), width - 1)]
    }

    @inline(__always)
    func bilinear(_ x: Float, _ y: Float) -> Float {
        // Clamped to a few pixels around the plane, so that far positions stay within the range of `Int`.
        let (u, v) = (min(max(x - 0.5, -2), Float(width + 1)), min(max(y - 0.5, -2), Float(height + 1)))
        let (column, row) = (u.rounded(.down), v.rounded(.down))
        let (across, down, left, top) = (u - column, v - row, Int(column), Int(row))
        let upper = value(left, top) * (1 - across) + value(left + 1, top) * across
        let lower = value(left, top + 1) * (1 - across) + value(left + 1, top + 1) * across
        return upper * (1 - down) + lower * down
    }

    @inline(__always)
    func bicubic(_ x: Float, _ y: Float) -> Float {
        let (left, top) = (Place(x, limit: width), Place(y, limit: height))
        let (across, down) = (cubicWeights(left.part), cubicWeights(top.part))
        var sum: Float = 0
        for j in 0..<4 {
            let line =
                left.index > 0 && left.index + 2 < width && top.index > 0 && top.index + 2 < height
                ? row((top.index + j - 1) * width + left.index - 1)
                : SIMD4(
                    value(left.index - 1, top.index + j - 1), value(left.index, top.index + j - 1),
                    value(left.index + 1, top.index + j - 1), value(left.index + 2, top.index + j - 1))
            sum += (line * across).sum() * down[j]
        }
        return sum
    }

    @inline(__always)
    private func row(_ start: Int) -> SIMD4<Float> {
        SIMD4(values[start], values[start + 1], values[start + 2], values[start + 3])
    }
}

/// A position on an axis as the pixels before and after it and the fraction between their centres (0…1).
private struct Place {
    let index: Int
    let next: Int
    let part: Float

    @inline(__always)
    init(_ position: Float, limit: Int) {
        let held = min(max(position - 0.5, 0), Float(limit - 1))
        index = Int(held)
        next = min(index + 1, limit - 1)
        part = held - Float(index)
    }
}

/// Catmull–Rom weights of the four pixels around a position at `t` (0…1) after the second.
@inlinable @inline(__always)
package func cubicWeights(_ t: Float) -> SIMD4<Float> {
    let (t2, t3) = (t * t, t * t * t)
    return SIMD4(
        0.5 * (-t3 + 2 * t2 - t), 0.5 * (3 * t3 - 5 * t2 + 2), 0.5 * (-3 * t3 + 4 * t2 + t), 0.5 * (t3 - t2))
}
