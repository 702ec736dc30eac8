import Foundation

/// Dense optical flow: how far each pixel of one plane has moved in the next, in pixels.
///
/// Iterative Lucas–Kanade over a pyramid (Lucas and Kanade 1981; Bouguet 2000, "Pyramidal implementation of the Lucas Kanade
/// feature tracker"), with a Gaussian window around every pixel in place of a box around some.
package struct OpticalFlow: Sendable {
    /// Displacement to the right and down.
    package let x: Plane
    package let y: Plane

    /// Standard deviation of the window, in pixels of a level.
    private static let window = 2.5
    /// Added to the structure tensor's diagonal, in squared luma gradients: an even area does not move.
    private static let damping: Float = 4
    private static let iterations = 3

    /// - Parameters:
    ///   - levels: of the pyramid, each half as large as the one below.
    /// - Precondition: planes of one size.
    package init(from first: Plane, to second: Plane, levels: Int = 3) {
        precondition(first.width == second.width && first.height == second.height, "planes of one size")
        var pyramid = [(first, second)]
        while pyramid.count < levels, let (a, b) = pyramid.last, min(a.width, a.height) >= 32 {
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
            for _ in 0..<Self.iterations { Self.refine(&x, &y, from: a, to: b) }
        }
        (self.x, self.y) = (x, y)
    }

    /// One step of least squares in the window around every pixel.
    private static func refine(_ x: inout Plane, _ y: inout Plane, from first: Plane, to second: Plane) {
        let moved = second.displaced(x, y)
        let (across, down) = moved.gradients
        func windowed(_ value: (Int) -> Float) -> [Float] {
            Plane(width: first.width, height: first.height, values: first.values.indices.map(value))
                .blurred(sigma: window).values
        }
        let xx = windowed { across[$0] * across[$0] }
        let xy = windowed { across[$0] * down[$0] }
        let yy = windowed { down[$0] * down[$0] }
        let xt = windowed { across[$0] * (moved.values[$0] - first.values[$0]) }
        let yt = windowed { down[$0] * (moved.values[$0] - first.values[$0]) }
        for index in first.values.indices {
            let (a, b, c) = (xx[index] + damping, xy[index], yy[index] + damping)
            let determinant = a * c - b * b
            x.values[index] -= (c * xt[index] - b * yt[index]) / determinant
            y.values[index] -= (a * yt[index] - b * xt[index]) / determinant
        }
    }
}

extension Plane {
    /// The value at each pixel's place moved by (x, y), bilinear; edges repeat.
    fileprivate func displaced(_ x: Plane, _ y: Plane) -> Plane {
        var result = self
        for row in 0..<height {
            for column in 0..<width {
                let index = row * width + column
                let across = min(max(Float(column) + x.values[index], 0), Float(width - 1))
                let down = min(max(Float(row) + y.values[index], 0), Float(height - 1))
                let (left, top) = (Int(across), Int(down))
                let (right, bottom) = (min(left + 1, width - 1), min(top + 1, height - 1))
                let (dx, dy) = (across - Float(left), down - Float(top))
                let above = values[top * width + left] * (1 - dx) + values[top * width + right] * dx
                let below = values[bottom * width + left] * (1 - dx) + values[bottom * width + right] * dx
                result.values[index] = above * (1 - dy) + below * dy
            }
        }
        return result
    }

    /// Central differences across and down; edges repeat.
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
