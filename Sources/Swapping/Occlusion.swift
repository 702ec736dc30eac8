import Foundation
import Pictures

/// What stands before a target's face: hands, a microphone, hair.
///
/// The model draws the target's own face too, as it knows it: without what comes before it. Where the frame differs from that
/// drawing by more than faces and their light do, over an area that reaches the face's edge (nothing stands before the middle
/// of a face alone), something else is seen, and stays in front of the new face.
package struct Occlusion: Sendable {
    /// Least difference, in L*a*b* with lightness at `lightness`, that is taken for something else.
    package var least: Float = 5
    /// The same as a multiple of the median difference inside the mask: a model that draws badly differs everywhere.
    package var multiple: Float = 2.5
    /// How much lightness counts: light is what the model knows worst.
    package var lightness: Float = 0.8
    /// Least area, as a share of the mask.
    package var area = 0.012
    /// Degrees of turn to either side at which twice the difference is asked for: the far side is what models draw worst.
    package var turn = 22.0

    package init() {}

    /// Sides of the pictures that are compared: what is finer says nothing.
    private static let side = 128

    /// - Parameters:
    ///   - crop: the target's face as it is.
    ///   - own: the same, drawn by the model as the target.
    ///   - mask: what belongs to the face, of the crop's size.
    ///   - features: eyes and mouth, of the crop's size: a model draws them a little aside, so that a difference there
    ///     alone says nothing.
    ///   - yaw: how far the head is turned, in degrees.
    ///   - faceWidth: width of the face in crop pixels.
    /// - Returns: 1 where something stands before the face, of the mask's size; nil where nothing does.
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
        let usual = Self.median(inside.indices.filter { inside[$0] }.map { distance.values[$0] })
        let high = max(least, multiple * usual) * Float(1 + yaw * yaw / (turn * turn))
        // Lashes and make-up lie around them.
        var isFeature = features.resized(width: side, height: side).dilated(radius: 0.04 * width).values
            .map { $0 > 0.5 }
        // Where they take up most of a face, its landmarks are not what they should be.
        if 5 * isFeature.count(where: { $0 }) > 2 * count { isFeature = isFeature.map { _ in false } }
        let deep = small.eroded(radius: 0.12 * width).values.map { $0 > 0.5 }
        let found = regions(of: distance, from: high, downTo: 0.6 * high, inside: inside) { region in
            Double(region.count) >= area * Double(count) && region.contains { !deep[$0] }
                && 2 * region.count(where: { isFeature[$0] }) < region.count
        }
        guard let found else { return nil }
        return found.dilated(radius: 0.02 * width).blurred(sigma: 0.012 * width)
            .resized(width: mask.width, height: mask.height)
    }

    /// How far the two differ at each place, apart from light that lies slowly over the face.
    private func distance(_ a: LabPicture, _ b: LabPicture, inside: [Bool], sigma: Double) -> Plane {
        var squares = Plane(width: a.width, height: a.height)
        let light = SlowLight(inside: inside, width: a.width)
        for (one, other, weight) in [(a.lightness, b.lightness, lightness), (a.a, b.a, 1), (a.b, b.b, 1)] {
            var difference = Plane(width: a.width, height: a.height, values: zip(one, other).map { $0 - $1 })
            light.remove(from: &difference.values)
            // Blurred with its sign: texture that is drawn a little aside cancels out.
            difference = difference.blurred(sigma: sigma)
            for index in squares.values.indices {
                let value = difference.values[index] * weight
                squares.values[index] += value * value
            }
        }
        squares.values = squares.values.map { $0.squareRoot() }
        return squares
    }

    /// Connected regions above the lower level that reach the upper one, as far as they are wanted; nil for none.
    private func regions(
        of plane: Plane, from high: Float, downTo low: Float, inside: [Bool], isWanted: ([Int]) -> Bool
    ) -> Plane? {
        var seen = [Bool](repeating: false, count: inside.count)
        var result = Plane(width: plane.width, height: plane.height)
        var isEmpty = true
        for start in inside.indices where inside[start] && !seen[start] && plane.values[start] >= high {
            var region = [start]
            seen[start] = true
            var next = 0
            while next < region.count {
                let index = region[next]
                next += 1
                let (row, column) = (index / plane.width, index % plane.width)
                for (down, right) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
                    let (y, x) = (row + down, column + right)
                    guard (0..<plane.height).contains(y), (0..<plane.width).contains(x) else { continue }
                    let neighbour = y * plane.width + x
                    guard inside[neighbour], !seen[neighbour], plane.values[neighbour] >= low else {
                        continue
                    }
                    seen[neighbour] = true
                    region.append(neighbour)
                }
            }
            guard isWanted(region) else { continue }
            isEmpty = false
            for index in region { result.values[index] = 1 }
        }
        return isEmpty ? nil : result
    }

    private static func median(_ values: [Float]) -> Float {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}

/// Planes that most of a face's pixels agree on: light. What a smaller part of them shows does not tilt them; surfaces of
/// second order were bent by a hand at the chin.
private struct SlowLight {
    private let width: Int
    /// Pixels that are fitted to, every third one inside, and where they lie: 1, x and y.
    private let samples: [(index: Int, place: SIMD3<Double>)]

    init(inside: [Bool], width: Int) {
        self.width = width
        samples = inside.indices.filter { inside[$0] && $0 % width % 3 == 0 && $0 / width % 3 == 0 }
            .map { ($0, Self.place($0, width: width)) }
    }

    private static func place(_ index: Int, width: Int) -> SIMD3<Double> {
        SIMD3(1, Double(index % width) / Double(width) - 0.5, Double(index / width) / Double(width) - 0.5)
    }

    /// Takes away the plane that fits best, where what lies far off counts little (Cauchy weights, by iteratively reweighted
    /// least squares).
    func remove(from values: inout [Float]) {
        guard samples.count >= 24 else { return }
        var plane = SIMD3<Double>.zero
        var weights = [Double](repeating: 1, count: samples.count)
        for _ in 0..<8 {
            // A little on the diagonal keeps thin faces solvable.
            var matrix = Matrix3.identity * 1e-9
            var right = SIMD3<Double>.zero
            for (sample, weight) in zip(samples, weights) {
                right += sample.place * (weight * Double(values[sample.index]))
                for row in 0..<3 { matrix.rows[row] += sample.place * (weight * sample.place[row]) }
            }
            let inverse = matrix.choleskyFactor.inverseOfLowerTriangle
            plane = inverse.transposed * (inverse * right)
            let residuals = samples.map { abs(Double(values[$0.index]) - ($0.place * plane).sum()) }
            let scale = max(1, 2 * residuals.sorted()[residuals.count / 2])
            weights = residuals.map { 1 / (1 + $0 * $0 / (scale * scale)) }
        }
        for index in values.indices {
            values[index] -= Float((Self.place(index, width: width) * plane).sum())
        }
    }
}
