/// Resizing, separately per axis: area mean when shrinking, bilinear when enlarging. Edges repeat.
extension Picture {
    package func resized(width: Int, height: Int) -> Picture {
        guard width != self.width || height != self.height else { return self }
        guard width > 0, height > 0, self.width > 0, self.height > 0 else {
            return Picture(width: max(0, width), height: max(0, height))
        }
        let source = pixels.map { Float($0) }
        let values = resize(
            source, channels: 3, columns: AxisWeights(from: self.width, to: width),
            rows: AxisWeights(from: self.height, to: height))
        return Picture(width: width, height: height, pixels: values.map(UInt8.init(rounding:)))
    }

    /// The largest size within `side` on both axes with the same proportions; never larger than the picture.
    package func fitted(within side: Int) -> Picture {
        let longest = max(width, height)
        guard longest > side, side > 0 else { return self }
        let scale = Double(side) / Double(longest)
        return resized(
            width: max(1, Int((Double(width) * scale).rounded())),
            height: max(1, Int((Double(height) * scale).rounded())))
    }
}

extension Plane {
    /// - Parameter filter: the interpolation for enlarging.
    package func resized(width: Int, height: Int, filter: Resampling = .bilinear) -> Plane {
        guard width != self.width || height != self.height else { return self }
        guard width > 0, height > 0, self.width > 0, self.height > 0 else {
            return Plane(width: max(0, width), height: max(0, height))
        }
        let resized = resize(
            values, channels: 1, columns: AxisWeights(from: self.width, to: width, filter: filter),
            rows: AxisWeights(from: self.height, to: height, filter: filter))
        return Plane(width: width, height: height, values: resized)
    }
}

extension UInt8 {
    /// Rounds to 0…255 with saturation; never traps.
    @inline(__always)
    package init(rounding value: Float) {
        self = UInt8(Swift.max(0, Swift.min(255, value + 0.5)))
    }
}

/// Source positions and weights of each new position on an axis.
struct AxisWeights {
    let from: Int
    /// First source position and the weights per new position; the weights of one position sum to 1.
    let taps: [(first: Int, weights: [Float])]

    init(from: Int, to: Int, filter: Resampling = .bilinear) {
        self.from = from
        let ratio = Double(from) / Double(to)
        taps = (0..<to).map { index in
            let middle = (Double(index) + 0.5) * ratio - 0.5
            return ratio > 1
                ? Self.area(from: Double(index) * ratio, to: Double(index + 1) * ratio, limit: from)
                : filter == .bicubic && from >= 4
                    ? Self.cubic(at: middle, limit: from) : Self.line(at: middle, limit: from)
        }
    }

    /// The four Catmull–Rom weights; positions outside are clamped to the edge.
    private static func cubic(at position: Double, limit: Int) -> (first: Int, weights: [Float]) {
        let held = min(max(position, 0), Double(limit - 1))
        let whole = Int(held)
        let first = min(max(whole - 1, 0), limit - 4)
        let taps = cubicWeights(Float(held - Double(whole)))
        var weights = [Float](repeating: 0, count: 4)
        for offset in 0..<4 { weights[min(max(whole - 1 + offset, 0), limit - 1) - first] += taps[offset] }
        return (first, weights)
    }

    private static func area(from low: Double, to high: Double, limit: Int) -> (first: Int, weights: [Float])
    {
        let first = min(Int(low), limit - 1)
        let last = max(first, min(limit, Int(high.rounded(.up))) - 1)
        let weights = (first...last).map { max(0, min(high, Double($0 + 1)) - max(low, Double($0))) }
        let sum = weights.reduce(0, +)
        return (first, weights.map { Float($0 / sum) })
    }

    private static func line(at position: Double, limit: Int) -> (first: Int, weights: [Float]) {
        let held = min(max(position, 0), Double(limit - 1))
        let first = min(Int(held), max(0, limit - 2))
        let part = Float(held - Double(first))
        return limit == 1 ? (0, [1]) : (first, [1 - part, part])
    }
}

/// Interleaved values `[rows.from, columns.from, channels]` → `[rows.taps, columns.taps, channels]`.
private func resize(_ source: [Float], channels: Int, columns: AxisWeights, rows: AxisWeights) -> [Float] {
    let (width, stride) = (columns.taps.count, columns.taps.count * channels)
    var narrow = [Float](repeating: 0, count: rows.from * stride)
    var result = [Float](repeating: 0, count: rows.taps.count * stride)
    source.withUnsafeBufferPointer { source in
        narrow.withUnsafeMutableBufferPointer { narrow in
            for column in 0..<width {
                let tap = columns.taps[column]
                for (offset, weight) in tap.weights.enumerated() {
                    for row in 0..<rows.from {
                        let from = (row * columns.from + tap.first + offset) * channels
                        let to = row * stride + column * channels
                        for channel in 0..<channels {
                            narrow[to + channel] += weight * source[from + channel]
                        }
                    }
                }
            }
        }
    }
    narrow.withUnsafeBufferPointer { narrow in
        result.withUnsafeMutableBufferPointer { result in
            for (row, tap) in rows.taps.enumerated() {
                for (offset, weight) in tap.weights.enumerated() {
                    let (from, to) = ((tap.first + offset) * stride, row * stride)
                    for index in 0..<stride { result[to + index] += weight * narrow[from + index] }
                }
            }
        }
    }
    return result
}
