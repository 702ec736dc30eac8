import Pictures

/// How far luma may be moved where: little in even parts, more on the grain of a camera, and most where texture hides it.
///
/// Activity is the standard deviation of luma in small blocks (the masking of Kutter and Winkler, "A vision-based masking
/// model for spread-spectrum image watermarking", 2002, in its simplest form), from the plane that fits a block best: smooth
/// shading, as on skin, hides nothing. Along an edge the block beside it counts, because neither does an edge's even side.
struct WatermarkStrength {
    /// Steps of a gain in one level of 8 bits.
    static let unit = 64

    /// In levels of 8 bits: on perfectly even ground, added on ground with a camera's grain, for each level of deviation, and at
    /// most.
    private static let (least, onGrain, slope, most): (Float, Float, Float, Float) = (1.2, 0.9, 0.8, 6)
    /// Deviation, in levels of 8 bits, from which on ground counts as grainy; in between strength grows with it.
    private static let grain: Float = 1

    /// Pixels along a cell's side up to which ground gets all of its strength; beyond, in inverse proportion.
    private static let fullCell = 6.0
    /// The most that the root of the mean square may be: the pattern has 2/3 of it, which leaves 42.4 dB of PSNR.
    private static let mostOnAverage: Float = 2.75

    /// Pixels along a block's side: 4, or 8 in frames of 720 lines and more.
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
        // Eyes see large cells on quiet ground better than small ones.
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

    /// The standard deviation from a plane in each whole block.
    private static func deviations<Sample: FixedWidthInteger>(
        _ samples: UnsafePointer<Sample>, _ stride: Int, _ columns: Int, _ rows: Int, _ block: Int
    ) -> [Float] {
        let (side, scale) = (Float(block), 1 / Float(block * block))
        // Distances from the middle, and what their squares sum up to over a block.
        let middle = (side - 1) / 2
        let slope = 12 * scale / (side * side * (side * side - 1))
        return [Float](unsafeUninitializedCapacity: columns * rows) { target, count in
            for row in 0..<rows {
                for column in 0..<columns {
                    let corner = samples + row * block * stride + column * block
                    // Differences to a sample of the block are small: their squares fit.
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

    /// Joins each value with its eight neighbours; edges repeat.
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

    /// One row of blocks, drawn out to a gain for each pixel.
    func line(_ row: Int, width: Int, into line: inout [Int32]) {
        let start = min(max(row, 0), rows - 1) * columns
        // Sides of blocks are powers of two: shifts, because divisions would take half of all the time.
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
