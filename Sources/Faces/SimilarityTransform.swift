import Foundation
import Pictures

/// Rotation, uniform scale and translation of the plane: x′ = a·x − b·y + tx, y′ = b·x + a·y + ty.
package struct SimilarityTransform: Sendable, Codable, Hashable {
    package var a: Double
    package var b: Double
    package var tx: Double
    package var ty: Double

    package init(a: Double, b: Double, tx: Double, ty: Double) {
        self.a = a
        self.b = b
        self.tx = tx
        self.ty = ty
    }

    package static let identity = SimilarityTransform(a: 1, b: 0, tx: 0, ty: 0)

    package var scale: Double { (a * a + b * b).squareRoot() }

    package func callAsFunction(_ p: Point) -> Point {
        Point(a * p.x - b * p.y + tx, b * p.x + a * p.y + ty)
    }

    /// The inverse transform. The scale must not be zero.
    package var inverse: SimilarityTransform {
        let determinant = a * a + b * b
        let (ia, ib) = (a / determinant, -b / determinant)
        return SimilarityTransform(a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty))
    }

    /// Applies this transform first, then `next`.
    package func then(_ next: SimilarityTransform) -> SimilarityTransform {
        SimilarityTransform(
            a: next.a * a - next.b * b, b: next.b * a + next.a * b,
            tx: next.a * tx - next.b * ty + next.tx, ty: next.b * tx + next.a * ty + next.ty)
    }

    /// Rotation, in radians, clockwise in a picture.
    package var angle: Double { atan2(b, a) }

    /// Weighted least-squares transform from `source` to `target`, point by point (Umeyama 1991, without reflection).
    /// Without `weights` all points have the same weight. `nil` for fewer than two distinct points with a positive weight.
    package init?(from source: [Point], to target: [Point], weights: [Double]? = nil) {
        let weights = weights ?? [Double](repeating: 1, count: source.count)
        let total = weights.reduce(0, +)
        guard source.count == target.count, source.count == weights.count, source.count >= 2, total > 0
        else { return nil }
        let sourceMean = zip(source, weights).reduce(Point(0, 0)) { $0 + $1.0 * $1.1 } * (1 / total)
        let targetMean = zip(target, weights).reduce(Point(0, 0)) { $0 + $1.0 * $1.1 } * (1 / total)
        var (dot, cross, spread) = (0.0, 0.0, 0.0)
        for (index, weight) in weights.enumerated() {
            let (u, v) = (source[index] - sourceMean, target[index] - targetMean)
            dot += weight * (u.x * v.x + u.y * v.y)
            cross += weight * (u.x * v.y - u.y * v.x)
            spread += weight * (u.x * u.x + u.y * u.y)
        }
        // Points that differ only by rounding are not distinct.
        let rounding = 1e-24 * total * (1 + sourceMean.length * sourceMean.length)
        guard spread > rounding, spread.isFinite else { return nil }
        let (a, b) = (dot / spread, cross / spread)
        self.init(
            a: a, b: b,
            tx: targetMean.x - (a * sourceMean.x - b * sourceMean.y),
            ty: targetMean.y - (b * sourceMean.x + a * sourceMean.y))
    }
}

extension AffineMap {
    /// The transform as an affine map for sampling.
    package init(_ similarity: SimilarityTransform) {
        self.init(
            a: similarity.a, b: -similarity.b, c: similarity.b, d: similarity.a, tx: similarity.tx,
            ty: similarity.ty)
    }
}
