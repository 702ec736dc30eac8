import Tensors

/// Mean and covariance of the learned latent codes of one person's faces.
///
/// The codes of two people differ in their means, although training penalises the difference. A decoder has
/// not been trained on codes around another person's mean. But the means also differ by lighting, pose and
/// habit of the footage, which a swap should preserve.
package struct CodeStatistics: Sendable, Equatable {
    /// `[L]`.
    package let mean: [Float]
    /// `[L, L]`, in row-major order; `nil` if only the mean is known.
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

    /// Maximum absolute code value of a sound network.
    private static let greatest: Float = 1e4

    /// Whether the statistics are valid for codes of the given length.
    package func isSound(length: Int) -> Bool {
        mean.count == length && mean.allSatisfy { abs($0) <= Self.greatest }
            && covariance.map {
                $0.count == length * length && $0.allSatisfy { abs($0) <= Self.greatest * Self.greatest }
            } ?? true
    }

    /// Standard deviations of one person's codes that are in-distribution for another person's decoder: 95 %
    /// are within.
    private static let known = 2.0

    /// Offset added to this person's codes when they are decoded as another person.
    ///
    /// Along each principal axis of both people's codes, the part of the difference of the means beyond two
    /// standard deviations: it is not explained by lighting or pose, and out of distribution for the other
    /// decoder. With few faces the covariance has axes without variance, along which the full difference is
    /// applied. Documentation/Training.md has figures.
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
