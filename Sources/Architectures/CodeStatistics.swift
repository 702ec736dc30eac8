import Tensors

/// Where the learned codes of one person's faces lie: their mean and their covariance.
///
/// Codes of two people differ in their means, although training draws these together. A decoder has not been trained on codes about
/// another person's mean. But the means also differ by what the two were filmed in, by light, turn and habit, which a swap is to
/// carry over.
package struct CodeStatistics: Sendable, Equatable {
    /// `[L]`.
    package let mean: [Float]
    /// `[L, L]`, row by row; nil where only the mean is known.
    package let covariance: [Float]?

    package init(mean: [Float], covariance: [Float]?) {
        (self.mean, self.covariance) = (mean, covariance)
    }

    /// - Parameter codes: `[N, L]`, N ≥ 2.
    package init(of codes: Tensor) throws {
        let mean = try codes.mean(0, keep: true)
        let centred = try codes - mean
        let covariance = try matmul(centred.permuted(1, 0), centred) / Double(max(1, codes.shape[0] - 1))
        self.init(mean: try mean.values(), covariance: try covariance.contiguous().values())
    }

    /// Greatest number of a code that a network writes which has not lost its way.
    private static let greatest: Float = 1e4

    /// Whether these are numbers that codes of a given length have.
    package func isSound(length: Int) -> Bool {
        mean.count == length && mean.allSatisfy { abs($0) <= Self.greatest }
            && covariance.map {
                $0.count == length * length && $0.allSatisfy { abs($0) <= Self.greatest * Self.greatest }
            } ?? true
    }

    /// Deviations of one person's codes that another person's decoder is taken to know: 95 of 100 lie within.
    private static let known = 2.0

    /// What is added to codes of this person when another is drawn by them.
    ///
    /// Along each principal axis of the codes of both, what of the difference of the means lies beyond two deviations: no light and no
    /// turn explains it, and the other's decoder has not seen it. Of few faces the covariance has axes without any spread, along which
    /// all of the difference is moved. Documentation/Training.md has figures.
    package func shift(to other: CodeStatistics) throws -> [Float] {
        let difference = zip(other.mean, mean).map { $0 - $1 }
        guard let own = covariance, let others = other.covariance else { return difference }
        let length = difference.count
        let both = try Tensor(zip(own, others).map { ($0 + $1) / 2 }, shape: [length, length]).to(.float64)
        let (squares, axes) = try symmetricEigen(both)
        let along = try matmul(Tensor(difference, shape: [1, length]).to(.float64), axes)
        let kept = zip(try along.values(as: Double.self), try squares.values(as: Double.self)).map {
            distance, square in
            let beyond = max(0, abs(distance) - Self.known * max(0, square).squareRoot())
            return distance < 0 ? -beyond : beyond
        }
        return try matmul(axes, Tensor(kept, shape: [length, 1])).to(.float32).values()
    }
}
