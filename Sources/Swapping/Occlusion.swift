import Foundation
import Pictures

/// Detects occluders of a target's face: hands, a microphone, hair.
///
/// The model reconstructs the target's own face without occluders, since it was trained on the face. A region is an
/// occluder if the frame differs from the reconstruction by more than faces and lighting do and if the region reaches the
/// face's edge (nothing occludes only the middle of a face). It stays in front of the swapped face.
package struct Occlusion: Sendable {
    /// Least difference of an occluder, in L*a*b* with lightness weighted by `lightness`.
    package var least: Float = 7
    /// The same as a multiple of the median difference inside the mask: a poor model differs everywhere.
    package var multiple: Float = 2.5
    /// Weight of lightness: models reconstruct light less accurately than colour.
    package var lightness: Float = 0.8
    /// Least area, as a share of the mask.
    package var area = 0.012
    /// Yaw in degrees at which the required difference doubles: models are least accurate on the far side of a turned head.
    package var turn = 22.0

    package init() {}

    /// Side of the compared pictures: finer detail is not significant.
    private static let side = 128

    /// - Parameters:
    ///   - crop: the target's face.
    ///   - own: the model's reconstruction of it.
    ///   - mask: mask of the face, in the crop's size.
    ///   - features: eyes, brows and mouth, in the crop's size: a model displaces them slightly, so a difference there alone
    ///     is no occlusion.
    ///   - yaw: yaw of the head, in degrees.
    ///   - faceWidth: width of the face in crop pixels.
    /// - Returns: the occlusion mask, 1 for an occluder, in the mask's size; `nil` if there is none.
    package func plane(
        crop: Picture, own: Picture, mask: Plane, features: Plane, yaw: Double, faceWidth: Double
    ) -> Plane? {
        let side = min(Self.side, mask.width)
        let width = faceWidth * Double(side) / Double(max(1, mask.width))
        let small = mask.resized(width: side, height: side)
        let inside = small.values.map { $0 > 0.5 }
        let count = inside.count { $0 }
        guard count >= 64 else { return nil }
        let distance = distance(
            LabPicture(crop.resized(width: side, height: side)),
            LabPicture(own.resized(width: side, height: side)),
            inside: inside, sigma: 0.03 * width)
        let usual = inside.indices.filter { inside[$0] }.map { distance.values[$0] }.median() ?? 0
        let high = max(least, multiple * usual) * Float(1 + min(1, yaw * yaw / (turn * turn)))
        let differs = { (level: Float) in inside.indices.map { inside[$0] && distance.values[$0] >= level } }
        let regions = Self.regions(of: differs(0.6 * high), around: differs(high), width: side)
        guard regions.contains(where: { Double($0.count) >= area * Double(count) }) else { return nil }
        let parts = parts(features.resized(width: side, height: side), inside: inside, faceWidth: width)
        let deep = small.eroded(radius: 0.12 * width).values.map { $0 > 0.5 }
        var (found, isEmpty) = (Plane(width: side, height: side), true)
        for region in regions {
            var isRegion = [Bool](repeating: false, count: inside.count)
            for index in region { isRegion[index] = true }
            for part in parts where !part.isCovered(by: isRegion) {
                for index in part.places { isRegion[index] = false }
            }
            let rest = region.filter { isRegion[$0] }
            guard Double(rest.count) >= area * Double(count), rest.contains(where: { !deep[$0] }) else {
                continue
            }
            for index in rest { found.values[index] = 1 }
            isEmpty = false
        }
        guard !isEmpty else { return nil }
        return found.dilated(radius: 0.02 * width).blurred(sigma: 0.012 * width)
            .resized(width: mask.width, height: mask.height)
    }

    /// An eye with its brow, or the mouth.
    private struct Part {
        /// Pixels of the feature and of the skin around it.
        var places: [Int]
        var ring: [Int]

        /// Whether an occluder covers the feature: it covers skin beside it as well, unlike lids, lashes, teeth and raised
        /// brows, which a model displaces slightly.
        func isCovered(by isRegion: [Bool]) -> Bool {
            Double(ring.count { isRegion[$0] }) >= 0.2 * Double(max(1, ring.count))
        }
    }

    private func parts(_ features: Plane, inside: [Bool], faceWidth: Double) -> [Part] {
        // Lashes and make-up surround them.
        let grown = features.dilated(radius: 0.04 * faceWidth).values.map { $0 > 0.5 }
        let isPart = inside.indices.map { inside[$0] && grown[$0] }
        // If they cover most of a face, its landmarks are wrong.
        guard 5 * isPart.count(where: { $0 }) <= 2 * inside.count(where: { $0 }) else { return [] }
        return Self.regions(of: isPart, around: isPart, width: features.width).map { places in
            var part = Plane(width: features.width, height: features.height)
            for index in places { part.values[index] = 1 }
            let around = part.dilated(radius: 0.06 * faceWidth).values
            return Part(
                places: places, ring: inside.indices.filter { inside[$0] && !isPart[$0] && around[$0] > 0.5 })
        }
    }

    /// Difference of the two pictures at each pixel, without low-frequency light.
    private func distance(_ a: LabPicture, _ b: LabPicture, inside: [Bool], sigma: Double) -> Plane {
        var squares = Plane(width: a.width, height: a.height)
        let light = SlowLight(inside: inside, width: a.width)
        for (one, other, weight) in [(a.lightness, b.lightness, lightness), (a.a, b.a, 1), (a.b, b.b, 1)] {
            var difference = Plane(width: a.width, height: a.height, values: zip(one, other).map { $0 - $1 })
            light.remove(from: &difference.values)
            // Blurred with its sign, so that displaced texture cancels out.
            difference = difference.blurred(sigma: sigma)
            for index in squares.values.indices {
                let value = difference.values[index] * weight
                squares.values[index] += value * value
            }
        }
        squares.values = squares.values.map { $0.squareRoot() }
        return squares
    }

    /// Connected components that contain at least one of `seeds`, as lists of pixels.
    private static func regions(of isRegion: [Bool], around seeds: [Bool], width: Int) -> [[Int]] {
        let height = isRegion.count / width
        var seen = [Bool](repeating: false, count: isRegion.count)
        var result: [[Int]] = []
        for start in seeds.indices where seeds[start] && !seen[start] {
            var region = [start]
            seen[start] = true
            var next = 0
            while next < region.count {
                let (row, column) = (region[next] / width, region[next] % width)
                next += 1
                for (down, right) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                    let (y, x) = (row + down, column + right)
                    guard (0..<height).contains(y), (0..<width).contains(x) else { continue }
                    let neighbour = y * width + x
                    guard isRegion[neighbour], !seen[neighbour] else { continue }
                    seen[neighbour] = true
                    region.append(neighbour)
                }
            }
            result.append(region)
        }
        return result
    }
}

/// A planar fit to the light on a face by most of its pixels, robust against a smaller part of them; surfaces of second
/// order were bent by a hand at the chin.
private struct SlowLight {
    private let width: Int
    /// Pixels used for the fit (every third one inside) and their positions: 1, x and y.
    private let samples: [(index: Int, place: SIMD3<Double>)]

    init(inside: [Bool], width: Int) {
        self.width = width
        samples = inside.indices.filter { inside[$0] && $0 % width % 3 == 0 && $0 / width % 3 == 0 }
            .map { ($0, Self.place($0, width: width)) }
    }

    private static func place(_ index: Int, width: Int) -> SIMD3<Double> {
        SIMD3(1, Double(index % width) / Double(width) - 0.5, Double(index / width) / Double(width) - 0.5)
    }

    /// Subtracts the best-fitting plane, with low weights for outliers (Cauchy weights, by iteratively reweighted least
    /// squares).
    func remove(from values: inout [Float]) {
        guard samples.count >= 24 else { return }
        var plane = SIMD3<Double>.zero
        var weights = [Double](repeating: 1, count: samples.count)
        for _ in 0..<8 {
            // Regularises the diagonal so that thin faces stay solvable.
            var matrix = Matrix3.identity * 1e-9
            var right = SIMD3<Double>.zero
            for (sample, weight) in zip(samples, weights) {
                right += sample.place * (weight * Double(values[sample.index]))
                for row in 0..<3 { matrix.rows[row] += sample.place * (weight * sample.place[row]) }
            }
            let inverse = matrix.choleskyFactor.inverseOfLowerTriangle
            plane = inverse.transposed * (inverse * right)
            let residuals = samples.map { abs(Double(values[$0.index]) - ($0.place * plane).sum()) }
            let scale = max(1, 2 * (residuals.median() ?? 0))
            weights = residuals.map { 1 / (1 + $0 * $0 / (scale * scale)) }
        }
        for index in values.indices {
            values[index] -= Float((Self.place(index, width: width) * plane).sum())
        }
    }
}
