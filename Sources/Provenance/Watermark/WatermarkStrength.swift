import Pictures

/// The embedding strength per block: low in flat areas, higher on camera grain, and highest in texture, which masks it.
///
/// Activity is the standard deviation of luma in small blocks (the masking of Kutter and Winkler, "A vision-based masking
/// model for spread-spectrum image watermarking", 2002, in its simplest form) around the best-fitting plane: smooth shading,
/// as on skin, does not mask. Next to an edge the neighbouring block determines the strength, because the flat side of an edge
/// does not mask either.
struct WatermarkStrength {
    /// Fixed-point steps of a gain per 8-bit level.
    static let unit = 64

    /// In 8-bit levels: minimum on flat areas, added on areas with camera grain, per level of deviation, and maximum.
    private static let (least, onGrain, slope, most): (Float, Float, Float, Float) = (1.2, 0.9, 0.8, 6)
    /// Deviation in 8-bit levels at which an area counts as grainy; below it the strength increases linearly.
    private static let grain: Float = 1

    /// Cell side in pixels up to which an area gets full strength; beyond, inversely proportional.
    private static let fullCell = 6.0
    /// Maximum root mean square of the gains: the pattern has 2/3 of it, which gives a PSNR of 42.4 dB.
    private static let mostOnAverage: Float = 2.75

    /// Side of a block in pixels: 4, or 8 in frames of 720 lines and more.
    let block: Int
    let columns: Int
    let rows: Int
    /// `rows × columns` gains in 1/64 of a sample's step.
    let gains: [Int32]

    init<Sample: FixedWidthInteger>(_ samples: UnsafePointer<Sample>, of plane: LumaPlane) {
        let block = min(plane.width, plane.height) >= 720 ? 8 : 4
        (self.block, columns, rows) = (block, plane.width / block, plane.height / block)
        let depth = Float(1 << (plane.bitDepth - 8))
        let deviations = Self.deviations(samples, plane.stride, columns, rows, block)
        let low = Self.windows(deviations, columns, rows, min)
        let sums = Self.windows(deviations, columns, rows, +)
        let calm = deviations.indices.map { 0.5 * (low[$0] + min(deviations[$0], sums[$0] / 9)) }
        // Large cells are more visible on flat areas than small ones.
        let cell = WatermarkPattern.cellSide(width: plane.width, height: plane.height)
        let share = Float(min(1, Self.fullCell / cell))
        let levels = Self.windows(calm, columns, rows, +).map { sum in
            let deviation = sum / (9 * depth)
            let ground = Self.least + Self.onGrain * min(1, deviation / Self.grain)
            return min(share * ground + Self.slope * deviation, Self.most)
        }
        let mean = levels.reduce(0) { $0 + $1 * $1 } / Float(max(1, levels.count))
        let reduced = min(1, Self.mostOnAverage / mean.squareRoot())
        gains = levels.map { Int32($0 * reduced * depth * Float(Self.unit)) }
    }

    /// Standard deviation from the best-fitting plane in each whole block.
    private static func deviations<Sample: FixedWidthInteger>(
        _ samples: UnsafePointer<Sample>, _ stride: Int, _ columns: Int, _ rows: Int, _ block: Int
    ) -> [Float] {
        let (side, scale) = (Float(block), 1 / Float(block * block))
        // Distances from the centre, and the sum of their squares over a block.
        let middle = (side - 1) / 2
        let slope = 12 * scale / (side * side * (side * side - 1))
        return [Float](unsafeUninitializedCapacity: columns * rows) { target, count in
            for row in 0..<rows {
                for column in 0..<columns {
                    let corner = samples + row * block * stride + column * block
                    // Differences from a sample of the block are small, so that their squares do not overflow.
                    let base = Int32(truncatingIfNeeded: corner[0])
                    var (squares, across, down) = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
                    var sum: Float = 0
                    for part in Swift.stride(from: 0, to: block, by: 4) {
                        var lines = SIMD4<Float>.zero
                        for line in 0..<block {
                            let four = corner + line * stride + part
                            let values = SIMD4<Float>(
                                SIMD4<Int32>(
                                    Int32(truncatingIfNeeded: four[0]), Int32(truncatingIfNeeded: four[1]),
                                    Int32(truncatingIfNeeded: four[2]), Int32(truncatingIfNeeded: four[3]))
                                    &- base)
                            lines += values
                            squares += values * values
                            down += values * (Float(line) - middle)
                        }
                        sum += lines.sum()
                        across += lines * (SIMD4<Float>(0, 1, 2, 3) + (Float(part) - middle))
                    }
                    let (mean, x, y) = (sum * scale, across.sum(), down.sum())
                    let variance = squares.sum() * scale - mean * mean - (x * x + y * y) * slope
                    target[row * columns + column] = max(0, variance).squareRoot()
                }
            }
            count = columns * rows
        }
    }

    /// Combines each value with its eight neighbours; edges are replicated.
    private static func windows(
        _ values: [Float], _ columns: Int, _ rows: Int, _ join: (Float, Float) -> Float
    ) -> [Float] {
        var across = values
        for row in 0..<rows {
            let start = row * columns
            for column in 0..<columns {
                let (left, right) = (max(0, column - 1), min(columns - 1, column + 1))
                across[start + column] = join(
                    join(values[start + left], values[start + column]), values[start + right])
            }
        }
        var result = across
        for row in 0..<rows {
            let (above, below) = (max(0, row - 1) * columns, min(rows - 1, row + 1) * columns)
            for column in 0..<columns {
                result[row * columns + column] = join(
                    join(across[above + column], across[row * columns + column]), across[below + column])
            }
        }
        return result
    }

    /// Interpolates one row of blocks to a gain per pixel.
    func line(_ row: Int, width: Int, into line: inout [Int32]) {
        let start = min(max(row, 0), rows - 1) * columns
        // Block sides are powers of two: shifts, because divisions would take half of the total time.
        let bits = block.trailingZeroBitCount
        let (double, half) = (Int32(2 * block), block / 2)
        for column in 0..<width {
            let shifted = column - half
            let left = shifted < 0 ? 0 : min(shifted >> bits, columns - 1)
            let right = shifted < 0 ? 0 : min(left + 1, columns - 1)
            let share = shifted < 0 ? 0 : Int32(2 * (shifted & (block - 1)) + 1)
            line[column] =
                (gains[start + left] &* (double - share) &+ gains[start + right] &* share) >> Int32(bits + 1)
        }
    }
}
