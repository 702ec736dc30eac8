import Pictures

/// Lays an invisible watermark on the luma of frames of one size.
///
/// What a frame gets depends on its own samples, the key and the number alone, so that parts of a video that are made apart
/// fit together. All arithmetic on samples is in whole numbers: every machine makes the same frame.
package struct WatermarkEmbedder: Sendable {
    /// Frames with a shorter side cannot carry the mark: not even one tile of it lies in them.
    package static let smallestSide = 64

    package let id: UInt32
    private let pattern: WatermarkPattern
    /// What is added before the fraction is cut off, so that half a level is laid on every other pixel: `ditherSide` rows of
    /// the frame's width, 0…4095.
    private let dither: [Int32]
    private static let ditherSide = 64

    /// Nil where the frame is too small to carry a mark.
    package init?(id: UInt32, key: WatermarkKey = .program, width: Int, height: Int) {
        guard min(width, height) >= Self.smallestSide else { return nil }
        self.id = id
        pattern = WatermarkPattern(
            WatermarkTile(key).cells(WatermarkCode.encode(id)), width: width, height: height)
        var numbers = KeyedNumbers(seed: ~key.seed)
        let side = Self.ditherSide
        let square = (0..<side * side).map { _ in Int32(numbers.next() >> 52) }
        dither = (0..<side).flatMap { row in (0..<width).map { square[row * side + $0 % side] } }
    }

    /// Lays the mark on a plane of the size that was promised. Samples stay within the legal range where they were.
    package func mark(_ plane: LumaPlane) {
        precondition(
            plane.width == pattern.width && plane.height == pattern.height, "frames of one size are marked")
        switch plane.samples {
        case .bytes(let start): mark(plane, start)
        case .words(let start): mark(plane, start)
        }
    }

    private func mark<Sample: FixedWidthInteger & UnsignedInteger>(
        _ plane: LumaPlane, _ start: UnsafeMutablePointer<Sample>
    ) {
        let width = plane.width
        let strength = WatermarkStrength(UnsafePointer(start), of: plane)
        var upper = [Int32](repeating: 0, count: width)
        var lower = upper
        // Gains are those of blocks at their centres, straight between them.
        let block = strength.block
        var above = -2
        for row in 0..<plane.height {
            let shifted = row - block / 2
            let index = shifted < 0 ? -1 : shifted / block
            if index != above {
                swap(&upper, &lower)
                if index < 0 { strength.line(index, width: width, into: &upper) }
                strength.line(index + 1, width: width, into: &lower)
                above = index
            }
            let share = Int32(2 * (shifted - index * block) + 1)
            change(start + row * plane.stride, row, plane, upper, lower, share, Int32(2 * block))
        }
    }

    /// - Parameters:
    ///   - share: of `whole`, how near the row is to the gains `lower`.
    private func change<Sample: FixedWidthInteger & UnsignedInteger>(
        _ samples: UnsafeMutablePointer<Sample>, _ row: Int, _ plane: LumaPlane, _ upper: [Int32],
        _ lower: [Int32],
        _ share: Int32, _ whole: Int32
    ) {
        let (black, white) = (Int32(plane.legal.lowerBound), Int32(plane.legal.upperBound))
        let shift = Int32(whole.trailingZeroBitCount)
        let fraction = Int32((WatermarkStrength.unit * WatermarkPattern.unit).trailingZeroBitCount)
        let width = plane.width
        upper.withUnsafeBufferPointer { upper in
            lower.withUnsafeBufferPointer { lower in
                pattern.values.withUnsafeBufferPointer { pattern in
                    dither.withUnsafeBufferPointer { dither in
                        let shape = UnsafeBufferPointer(rebasing: pattern[row * width..<(row + 1) * width])
                        let first = row % Self.ditherSide * width
                        let noise = UnsafeBufferPointer(rebasing: dither[first..<first + width])
                        for column in 0..<width {
                            let gain = (upper[column] &* (whole &- share) &+ lower[column] &* share) &>> shift
                            let step = (gain &* Int32(shape[column]) &+ noise[column]) &>> fraction
                            let old = Int32(truncatingIfNeeded: samples[column])
                            let new = min(max(old &+ step, min(old, black)), max(old, white))
                            samples[column] = Sample(truncatingIfNeeded: new)
                        }
                    }
                }
            }
        }
    }
}
