import Pictures

/// Embeds an invisible watermark in the luma of frames of one size.
///
/// The mark depends only on the frame's samples, the key and the number, so that parts of a video processed separately are
/// consistent. Sample arithmetic is in integers: every machine gives the same frame.
package struct WatermarkEmbedder: Sendable {
    /// Minimum shorter side in pixels: smaller frames do not contain a whole tile.
    package static let smallestSide = 64

    package let id: UInt32
    private let pattern: WatermarkPattern
    /// Ordered dither, added before the fraction is truncated, so that half a level changes every other pixel: `ditherSide` rows
    /// of the frame's width, 0…4095.
    private let dither: [Int32]
    private static let ditherSide = 64

    /// `nil` if the frame is too small for a mark.
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

    /// Embeds the mark in a plane of the size given at initialisation. Samples in the legal range stay in it.
    package func mark(_ plane: LumaPlane) {
        precondition(
            plane.width == pattern.width && plane.height == pattern.height, "the plane has another size")
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
        // Gains are defined at block centres and interpolated linearly.
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
    ///   - share: weight of the gains `lower`, of `whole`.
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
