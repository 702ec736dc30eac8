import Foundation

/// Zero-phase smoothing of measurements along a track.
///
/// Each value is replaced by that of the straight line fitted to its neighbours under a Gaussian window (local linear
/// regression, Cleveland 1979). In the middle of a track the window is symmetric and this is a Gaussian filter; at its ends
/// the line preserves a steady movement, where a truncated window would lag behind. Gaps are not crossed: the track's parts
/// before and after a gap are smoothed separately.
package struct ZeroPhaseFilter: Sendable, Codable, Equatable {
    /// Standard deviation of the window, in frames.
    package var deviation: Double
    /// Frame numbers of neighbours that differ by more than this are on two sides of a gap.
    package var gap: Int

    package init(deviation: Double = 2, gap: Int = 3) {
        self.deviation = max(0, deviation)
        self.gap = max(1, gap)
    }

    /// Number of frames on each side of the window: a stream must look this far ahead.
    package var radius: Int { Int((3 * deviation).rounded(.up)) }

    /// - Parameter frames: rising frame numbers, one for each value.
    package func smoothed(_ values: [Double], frames: [Int]) -> [Double] {
        precondition(values.count == frames.count, "one frame number for each value")
        return values.indices.map { smoothed(values, frames: frames, at: $0) }
    }

    /// Smooths position, scale and rotation of the faces' transforms separately.
    ///
    /// - Parameters:
    ///   - transforms: picture pixels → unit square, as `FaceAlignment.toUnit`.
    ///   - frames: rising frame numbers, one for each transform.
    package func smoothed(_ transforms: [SimilarityTransform], frames: [Int]) -> [SimilarityTransform] {
        precondition(transforms.count == frames.count, "one frame number for each transform")
        let placements = Placement.series(transforms)
        let columns = (0..<4).map { column in smoothed(placements.map { $0[column] }, frames: frames) }
        return transforms.indices.map { index in Placement.transform(columns.map { $0[index] }) }
    }

    /// The smoothed transform at one position, for streams that hold only a window of `radius` on each side.
    package func smoothed(
        _ transforms: [SimilarityTransform], frames: [Int], at index: Int
    ) -> SimilarityTransform {
        precondition(transforms.count == frames.count, "one frame number for each transform")
        let placements = Placement.series(transforms)
        return Placement.transform(
            (0..<4).map { column in smoothed(placements.map { $0[column] }, frames: frames, at: index) })
    }

    private func smoothed(_ values: [Double], frames: [Int], at index: Int) -> Double {
        guard deviation > 0 else { return values[index] }
        let (first, last) = window(frames, around: index)
        // Moments of the weighted line fit, with time relative to this frame.
        var (s0, s1, s2, v0, v1) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for other in first...last {
            let t = Double(frames[other] - frames[index])
            let weight = exp(-0.5 * (t / deviation) * (t / deviation))
            s0 += weight
            s1 += weight * t
            s2 += weight * t * t
            v0 += weight * values[other]
            v1 += weight * t * values[other]
        }
        let determinant = s0 * s2 - s1 * s1
        return determinant > 1e-9 ? (s2 * v0 - s1 * v1) / determinant : v0 / s0
    }

    /// The neighbours within `radius` that are not separated from `index` by a gap.
    private func window(_ frames: [Int], around index: Int) -> (first: Int, last: Int) {
        var (first, last) = (index, index)
        while first > 0, frames[first] - frames[first - 1] <= gap, frames[index] - frames[first - 1] <= radius
        {
            first -= 1
        }
        while last + 1 < frames.count, frames[last + 1] - frames[last] <= gap,
            frames[last + 1] - frames[index] <= radius
        {
            last += 1
        }
        return (first, last)
    }
}

/// A transform's face position: centre x, centre y (picture pixels), logarithm of its width, rotation (radians, unwrapped
/// along the series).
private enum Placement {
    static func series(_ transforms: [SimilarityTransform]) -> [[Double]] {
        var previous = 0.0
        return transforms.map { transform in
            let inverse = transform.inverse
            let centre = inverse(Point(0.5, 0.5))
            let angle = previous + remainder(inverse.angle - previous, 2 * .pi)
            previous = angle
            return [centre.x, centre.y, log(inverse.scale), angle]
        }
    }

    static func transform(_ placement: [Double]) -> SimilarityTransform {
        let (scale, angle) = (exp(placement[2]), placement[3])
        let (a, b) = (scale * cos(angle), scale * sin(angle))
        return SimilarityTransform(
            a: a, b: b, tx: placement[0] - 0.5 * (a - b), ty: placement[1] - 0.5 * (b + a)
        ).inverse
    }
}
