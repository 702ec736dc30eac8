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

    /// The transform that undoes this one. The scale must not be zero.
    package var inverse: SimilarityTransform {
        let determinant = a * a + b * b
        let (ia, ib) = (a / determinant, -b / determinant)
        return SimilarityTransform(a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty))
    }

    /// This transform first, then `next`.
    package func then(_ next: SimilarityTransform) -> SimilarityTransform {
        SimilarityTransform(
            a: next.a * a - next.b * b, b: next.b * a + next.a * b,
            tx: next.a * tx - next.b * ty + next.tx, ty: next.b * tx + next.a * ty + next.ty)
    }

    /// Least-squares transform that brings `source` onto `target`, point by point (Umeyama 1991, without reflection).
    /// Nil for fewer than two distinct points.
    package init?(from source: [Point], to target: [Point]) {
        guard source.count == target.count, source.count >= 2 else { return nil }
        let count = Double(source.count)
        let sourceMean = source.reduce(Point(0, 0), +) * (1 / count)
        let targetMean = target.reduce(Point(0, 0), +) * (1 / count)
        var (dot, cross, spread) = (0.0, 0.0, 0.0)
        for (s, t) in zip(source, target) {
            let (u, v) = (s - sourceMean, t - targetMean)
            dot += u.x * v.x + u.y * v.y
            cross += u.x * v.y - u.y * v.x
            spread += u.x * u.x + u.y * u.y
        }
        guard spread > 0 else { return nil }
        let (a, b) = (dot / spread, cross / spread)
        self.init(
            a: a, b: b,
            tx: targetMean.x - (a * sourceMean.x - b * sourceMean.y),
            ty: targetMean.y - (b * sourceMean.x + a * sourceMean.y))
    }
}
