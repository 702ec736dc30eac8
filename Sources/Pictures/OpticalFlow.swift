import Foundation

/// Dense optical flow: the displacement of each pixel between two planes, in pixels.
///
/// Iterative Lucas–Kanade over a pyramid (Lucas and Kanade 1981; Bouguet 2000, "Pyramidal implementation of the Lucas
/// Kanade feature tracker"), with an approximately Gaussian window around every pixel instead of a box around some.
package struct OpticalFlow: Sendable {
    /// Displacement to the right and down.
    package let x: Plane
    package let y: Plane

    /// Parameters of the least squares. Lengths are standard deviations of approximately Gaussian windows, in pixels of a
    /// level.
    package struct Settings: Sendable {
        /// Window around every pixel.
        package var window = 2.5
        /// Added to the structure tensor's diagonal, in squared luma gradients: a flat area does not move.
        package var damping: Float = 4
        /// Smoothing of the flow after each step, weighted by structure; 0 for none.
        package var smoothing = 0.0
        /// Levels of the pyramid, each half as large as the one below, and steps per level.
        package var levels = 3
        package var iterations = 3

        package init() {}

        /// For soft pictures with flat areas, such as generated skin, whose flow must warp texture without tearing it.
        package static var smooth: Settings {
            var settings = Settings()
            (settings.window, settings.damping, settings.smoothing) = (3, 2, 6)
            (settings.levels, settings.iterations) = (4, 1)
            return settings
        }
    }

    /// - Precondition: planes of equal size.
    package init(from first: Plane, to second: Plane, settings: Settings = Settings()) {
        precondition(first.width == second.width && first.height == second.height, "planes of one size")
        var pyramid = [(first, second)]
        while pyramid.count < settings.levels, let (a, b) = pyramid.last, min(a.width, a.height) >= 32 {
            let (width, height) = (a.width / 2, a.height / 2)
            pyramid.append((a.resized(width: width, height: height), b.resized(width: width, height: height)))
        }
        let top = pyramid[pyramid.count - 1].0
        var x = Plane(width: top.width, height: top.height)
        var y = x
        for (a, b) in pyramid.reversed() {
            if a.width != x.width || a.height != x.height {
                let scale = (Float(a.width) / Float(x.width), Float(a.height) / Float(x.height))
                x = x.resized(width: a.width, height: a.height)
                y = y.resized(width: a.width, height: a.height)
                x.values = x.values.map { $0 * scale.0 }
                y.values = y.values.map { $0 * scale.1 }
            }
            for _ in 0..<settings.iterations { Self.refine(&x, &y, from: a, to: b, settings) }
        }
        (self.x, self.y) = (x, y)
    }

    /// One step of least squares in the window around every pixel.
    private static func refine(
        _ x: inout Plane, _ y: inout Plane, from first: Plane, to second: Plane, _ settings: Settings
    ) {
        let moved = second.displaced(x, y)
        let (across, down) = moved.gradients
        let (width, height) = (first.width, first.height)
        var products = [SIMD8<Float>](repeating: .zero, count: first.values.count)
        for index in products.indices {
            let (a, b, t) = (across[index], down[index], moved.values[index] - first.values[index])
            products[index] = SIMD8(a * a, a * b, b * b, a * t, b * t, 0, 0, 0)
        }
        let sums = blurred(products, width: width, height: height, sigma: settings.window)
        var weighed = [SIMD4<Float>](repeating: .zero, count: settings.smoothing > 0 ? sums.count : 0)
        for index in sums.indices {
            let sum = sums[index]
            let (a, b, c) = (sum[0] + settings.damping, sum[1], sum[2] + settings.damping)
            let determinant = a * c - b * b
            x.values[index] -= (c * sum[3] - b * sum[4]) / determinant
            y.values[index] -= (a * sum[4] - b * sum[3]) / determinant
            guard settings.smoothing > 0 else { continue }
            // About half of the lesser eigenvalue, without the damping: the confidence in both directions.
            let known = max(0, determinant / (a + c) - settings.damping / 2) + unknown
            weighed[index] = SIMD4(x.values[index] * known, y.values[index] * known, known, 0)
        }
        guard settings.smoothing > 0 else { return }
        let smooth = blurred(weighed, width: width, height: height, sigma: settings.smoothing)
        for index in smooth.indices {
            x.values[index] = smooth[index][0] / smooth[index][2]
            y.values[index] = smooth[index][1] / smooth[index][2]
        }
    }

    /// Weight of a flat area's flow in the smoothing, in squared luma gradients.
    private static let unknown: Float = 0.3

    /// Filters all planes with an approximately Gaussian window; edges repeat.
    ///
    /// Three box means whose variances sum to the window's (Wells 1986, "Efficient synthesis of Gaussian filters by
    /// cascaded uniform filters"): each pixel costs two additions, independent of the window's width.
    private static func blurred<Vector: SIMD>(
        _ values: [Vector], width: Int, height: Int, sigma: Double
    ) -> [Vector] where Vector.Scalar == Float {
        var result = values
        for reach in boxes(sigma: sigma) where reach > 0 {
            result.withUnsafeMutableBufferPointer { planes in
                for row in 0..<height {
                    average(planes, from: row * width, count: width, stride: 1, reach: reach)
                }
                for column in 0..<width {
                    average(planes, from: column, count: height, stride: width, reach: reach)
                }
            }
        }
        return result
    }

    /// Radii of the three boxes, whose total variance is a Gaussian's or as little less as whole pixels allow.
    private static func boxes(sigma: Double) -> [Int] {
        // A box of reach r has the variance r·(r + 1) / 3.
        func variance(_ reach: Int) -> Double { Double(reach * (reach + 1)) / 3 }
        let small = max(0, Int((((1 + 4 * sigma * sigma).squareRoot() - 1) / 2).rounded(.down)))
        let left = sigma * sigma - 3 * variance(small)
        let larger = Int(left / (variance(small + 1) - variance(small)))
        return (0..<3).map { $0 < larger ? small + 1 : small }
    }

    /// Box means along a line of a plane, in place.
    @inline(__always)
    private static func average<Vector: SIMD>(
        _ planes: UnsafeMutableBufferPointer<Vector>, from first: Int, count: Int, stride: Int, reach: Int
    ) where Vector.Scalar == Float {
        withUnsafeTemporaryAllocation(of: Vector.self, capacity: count + 2 * reach + 1) { line in
            for index in line.indices {
                line[index] = planes[first + min(max(index - reach, 0), count - 1) * stride]
            }
            let share = 1 / Float(2 * reach + 1)
            var sum = Vector.zero
            for index in 0..<2 * reach { sum += line[index] }
            for index in 0..<count {
                sum += line[index + 2 * reach]
                planes[first + index * stride] = sum * share
                sum -= line[index]
            }
        }
    }
}

extension Plane {
    /// Horizontal and vertical central differences; edges repeat.
    fileprivate var gradients: (across: [Float], down: [Float]) {
        var (across, down) = (values, values)
        for row in 0..<height {
            for column in 0..<width {
                let index = row * width + column
                let (left, right) = (max(column - 1, 0), min(column + 1, width - 1))
                let (above, below) = (max(row - 1, 0), min(row + 1, height - 1))
                across[index] = (values[row * width + right] - values[row * width + left]) / 2
                down[index] = (values[below * width + column] - values[above * width + column]) / 2
            }
        }
        return (across, down)
    }
}
