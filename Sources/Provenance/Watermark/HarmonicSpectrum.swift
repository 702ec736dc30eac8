import Foundation
import Pictures

/// Power spectrum of a region, in which a periodic pattern has peaks at the multiples of its frequency, whatever its content,
/// shift or orientation. Scores a pose in about a microsecond to select candidates (the lattice of peaks of Kutter,
/// "Watermarking resisting to translation, rotation, and scaling", 1998, summed over all harmonics).
struct HarmonicSpectrum {
    /// Bins along both axes: powers of two, at least a fifth more than pixels.
    private let columns: Int
    private let rows: Int
    /// Shorter side in pixels of the plane that poses refer to.
    private let side: Int
    /// `columns × rows`: power of each bin relative to the local mean, minus 1, at most 4.
    private let excess: [Float]

    /// Number of harmonics of the tile's frequency that are summed: up to half a period per cell.
    private static let highest = WatermarkTile.side / 2
    /// Upper bound, so that a single strong frequency does not dominate.
    private static let most: Float = 4
    /// The pattern's share of a harmonic's power, up to a factor: cells are interpolated linearly between their centres.
    private static let weights: [Float] = (0...highest).map { harmonic in
        let angle = Double.pi * Double(harmonic) / Double(WatermarkTile.side)
        return Float(harmonic == 0 ? 1 : pow(sin(angle) / angle, 4))
    }

    init(_ plane: Plane, in region: PixelRegion) {
        side = min(plane.width, plane.height)
        func length(_ pixels: Int) -> Int {
            var length = 16
            while length * 5 < pixels * 6 { length *= 2 }
            return length
        }
        (columns, rows) = (length(region.width), length(region.height))
        var real = [Float](repeating: 0, count: columns * rows)
        for row in 0..<region.height {
            let start = (region.y + row) * plane.width + region.x
            real.replaceSubrange(
                row * columns..<row * columns + region.width, with: plane.values[start..<start + region.width]
            )
        }
        let power = Self.power(real, columns: columns, rows: rows)
        // Bins between harmonics for a tile at a whole frame's scale; three of them are used as the surroundings.
        let period = Double(side) * Double(WatermarkTile.side) / WatermarkTile.cellsAcross
        let across = max(1, Int(1.5 * Double(columns) / period)),
            down = max(1, Int(1.5 * Double(rows) / period))
        let means = Self.means(Self.means(power, rows, reach: down), columns, reach: across)
        excess = zip(power, means).map { min($0 / max($1, 1e-12) - 1, Self.most) }
    }

    /// - Returns: `columns × rows` squared magnitudes, one row per horizontal frequency.
    private static func power(_ values: [Float], columns: Int, rows: Int) -> [Float] {
        var real = vectors(values)
        var imaginary = [SIMD8<Float>](repeating: .zero, count: real.count)
        FourierLine(length: rows).transform(&real, &imaginary, width: columns / 8)
        (real, imaginary) = (transposed(real, rows, columns), transposed(imaginary, rows, columns))
        FourierLine(length: columns).transform(&real, &imaginary, width: rows / 8)
        for index in real.indices {
            real[index] = real[index] * real[index] + imaginary[index] * imaginary[index]
        }
        return real.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    private static func vectors(_ values: [Float]) -> [SIMD8<Float>] {
        var result = [SIMD8<Float>](repeating: .zero, count: values.count / 8)
        result.withUnsafeMutableBytes { target in values.withUnsafeBytes { target.copyMemory(from: $0) } }
        return result
    }

    private static func transposed(_ values: [SIMD8<Float>], _ rows: Int, _ columns: Int) -> [SIMD8<Float>] {
        var result = values
        values.withUnsafeBytes { source in
            result.withUnsafeMutableBytes { target in
                let source = source.assumingMemoryBound(to: Float.self)
                let target = target.assumingMemoryBound(to: Float.self)
                for row in 0..<rows {
                    for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
                }
            }
        }
        return result
    }

    /// Moving averages over `2·reach + 1` neighbours along lines of a length, circular; transposes the result.
    private static func means(_ values: [Float], _ length: Int, reach: Int) -> [Float] {
        let lines = values.count / length
        let scale = 1 / Float(2 * reach + 1)
        var result = values
        for line in 0..<lines {
            let start = line * length
            var sum: Float = 0
            for step in -reach...reach { sum += values[start + (step + length) % length] }
            for index in 0..<length {
                result[index * lines + line] = sum * scale
                sum +=
                    values[start + (index + reach + 1) % length]
                    - values[start + (index - reach + length) % length]
            }
        }
        return result
    }

    /// Power at a pose's harmonics relative to their surroundings; the standard deviation in noise is about 1.
    func score(_ pose: WatermarkPose) -> Float {
        // A cell's frequency per pixel times the bins of an axis: the lattice of harmonics.
        let (right, down) = pose.cellsPerPixel(side: side)
        let (x, y) = (Double(columns) / Double(WatermarkTile.side), Double(rows) / Double(WatermarkTile.side))
        let first = SIMD2(right.x * x, down.x * y)
        let second = SIMD2(right.y * x, down.y * y)
        let unit = Double(1 << 16)
        func fixed(_ value: SIMD2<Double>) -> (Int, Int) {
            (Int((value.x * unit).rounded()), Int((value.y * unit).rounded()))
        }
        let (stepX, stepY) = fixed(second)
        let (across, down_) = (columns - 1, rows - 1)
        var sum: Float = 0
        excess.withUnsafeBufferPointer { excess in
            Self.weights.withUnsafeBufferPointer { weights in
                for harmonic in 0...Self.highest {
                    let lowest = harmonic == 0 ? 1 : -Self.highest
                    let (startX, startY) = fixed(first * Double(harmonic) + second * Double(lowest))
                    var (u, v) = (startX + 1 << 15, startY + 1 << 15)
                    var line: Float = 0
                    for other in lowest...Self.highest {
                        line += weights[abs(other)] * excess[(u >> 16 & across) * rows + (v >> 16 & down_)]
                        u += stepX
                        v += stepY
                    }
                    sum += line * weights[harmonic]
                }
            }
        }
        return sum / Self.deviation
    }

    /// Square root of the sum of squared weights.
    private static let deviation: Float = {
        let squares = weights.map { $0 * $0 }
        let (zero, others) = (squares[0], squares.dropFirst().reduce(0, +))
        return (others * (zero + 2 * others) + zero * others).squareRoot()
    }()

    /// The best poses, no two of them within one step.
    func best(of poses: [WatermarkPose], count: Int) -> [(pose: WatermarkPose, score: Float)] {
        var scored = poses.enumerated().map { (index: $0.offset, score: score($0.element)) }
        // Close poses have similar scores and are adjacent after sorting.
        scored.sort { $0.score > $1.score }
        var chosen: [(pose: WatermarkPose, score: Float)] = []
        for one in scored.prefix(count * 40) {
            let pose = poses[one.index]
            if !chosen.contains(where: { $0.pose.isNear(pose) }) { chosen.append((pose, one.score)) }
            if chosen.count == count { break }
        }
        return chosen
    }
}
