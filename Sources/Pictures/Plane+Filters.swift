import Foundation

extension Plane {
    /// Gaussian blur; `sigma` in pixels, with a window of 3 σ; edges repeat. Zero or less returns the plane unchanged.
    package func blurred(sigma: Double) -> Plane {
        guard sigma > 0.05, width > 0, height > 0 else { return self }
        let reach = max(1, Int((3 * sigma).rounded(.up)))
        return convolved(gaussianWindow(reach: reach, sigma: sigma))
    }

    /// Convolves rows, then columns, with the same symmetric window of odd length; edges repeat.
    package func convolved(_ window: [Float]) -> Plane {
        guard width > 0, height > 0 else { return self }
        let reach = window.count / 2
        var across = [Float](repeating: 0, count: values.count)
        var result = across
        var line = [Float](repeating: 0, count: width + 2 * reach)
        line.withUnsafeMutableBufferPointer { line in
            values.withUnsafeBufferPointer { source in
                across.withUnsafeMutableBufferPointer { across in
                    for row in 0..<height {
                        let start = row * width
                        for index in 0..<line.count {
                            line[index] = source[start + min(max(index - reach, 0), width - 1)]
                        }
                        for (offset, weight) in window.enumerated() {
                            for column in 0..<width {
                                across[start + column] += weight * line[column + offset]
                            }
                        }
                    }
                }
            }
        }
        across.withUnsafeBufferPointer { across in
            result.withUnsafeMutableBufferPointer { result in
                for row in 0..<height {
                    for (offset, weight) in window.enumerated() {
                        let from = min(max(row + offset - reach, 0), height - 1) * width
                        for column in 0..<width {
                            result[row * width + column] += weight * across[from + column]
                        }
                    }
                }
            }
        }
        return Plane(width: width, height: height, values: result)
    }

    /// Morphological erosion with a disc of `radius` pixels. Fractional radii interpolate between whole ones. Values
    /// outside the plane are ignored.
    package func eroded(radius: Double) -> Plane { spread(radius, negated: true) }

    /// Morphological dilation with a disc of `radius` pixels.
    package func dilated(radius: Double) -> Plane { spread(radius, negated: false) }

    private func spread(_ radius: Double, negated: Bool) -> Plane {
        guard radius > 0 else { return self }
        let whole = radius.rounded(.down)
        let low = disc(Int(whole), negated: negated)
        guard radius > whole else { return low }
        let (high, part) = (disc(Int(whole) + 1, negated: negated), Float(radius - whole))
        return Plane(
            width: width, height: height, values: zip(low.values, high.values).map { $0 + ($1 - $0) * part })
    }

    /// The maximum (negated: the minimum) within a disc, as the maximum over its chords: each row's maximum within ± half a
    /// chord is widened from the shortest chord to the longest, which takes 4 · radius comparisons per value.
    private func disc(_ radius: Int, negated: Bool) -> Plane {
        guard radius > 0, width > 0 else { return self }
        let source = negated ? values.map { -$0 } : values
        var (across, result) = (source, source)
        var reach = 0
        source.withUnsafeBufferPointer { source in
            across.withUnsafeMutableBufferPointer { across in
                result.withUnsafeMutableBufferPointer { result in
                    for distance in (0...radius).reversed() {
                        let half = Int(Double(radius * radius - distance * distance).squareRoot())
                        while reach < half {
                            reach += 1
                            guard reach < width else { continue }
                            for row in 0..<height {
                                let (start, count) = (row * width, width - reach)
                                across.raise(start, to: source, start + reach, count)
                                across.raise(start + reach, to: source, start, count)
                            }
                        }
                        guard distance < height else { continue }
                        let (shift, count) = (distance * width, (height - distance) * width)
                        let chords = UnsafeBufferPointer(across)
                        result.raise(0, to: chords, shift, count)
                        if distance > 0 { result.raise(shift, to: chords, 0, count) }
                    }
                }
            }
        }
        return Plane(width: width, height: height, values: negated ? result.map { -$0 } : result)
    }

    /// Combines two planes element by element.
    package func combined(with other: Plane, _ operation: (Float, Float) -> Float) -> Plane {
        precondition(width == other.width && height == other.height, "planes of one size")
        return Plane(width: width, height: height, values: zip(values, other.values).map(operation))
    }

    /// Element-wise product (intersection of masks).
    package func product(_ other: Plane) -> Plane { combined(with: other, *) }

    /// Union of masks.
    package func union(_ other: Plane) -> Plane { combined(with: other, max) }

    /// The smallest rectangle around all values above a level; `nil` if there are none.
    package func extent(above level: Float = 0) -> PixelRegion? {
        var (left, right, top, bottom) = (width, -1, height, -1)
        values.withUnsafeBufferPointer { values in
            for row in 0..<height {
                for column in 0..<width where values[row * width + column] > level {
                    (left, right) = (min(left, column), max(right, column))
                    (top, bottom) = (min(top, row), max(bottom, row))
                }
            }
        }
        guard right >= left else { return nil }
        return PixelRegion(x: left, y: top, width: right + 1 - left, height: bottom + 1 - top)
    }

    /// Mean of the values; 0 for an empty plane.
    package var mean: Float {
        values.isEmpty ? 0 : Float(values.reduce(0.0) { $0 + Double($1) } / Double(values.count))
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// Raises `count` values from `place` on to those of another buffer from `other` on, where the latter are greater.
    fileprivate func raise(_ place: Int, to source: UnsafeBufferPointer<Float>, _ other: Int, _ count: Int) {
        for index in 0..<count {
            let value = source[other + index]
            // Written out: `max` handles NaN and is several times slower.
            self[place + index] = value > self[place + index] ? value : self[place + index]
        }
    }
}

/// Normalised weights, `2·reach + 1` of them.
package func gaussianWindow(reach: Int, sigma: Double) -> [Float] {
    let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let sum = weights.reduce(0, +)
    return weights.map { Float($0 / sum) }
}
