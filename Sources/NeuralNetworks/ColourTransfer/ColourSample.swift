import Tensors

/// Weighted colour samples of some faces.
package struct ColourSample {
    /// `[N, 3, S]`
    package let pixels: Tensor
    /// `[N, 1, S]`, each face's sum 1.
    package let weights: Tensor

    /// - Parameters:
    ///   - pixels: `[N, 3, S]`
    ///   - mask: `[N, 1, S]`, 0…1; if it is empty, all pixels have equal weight.
    package init(pixels: Tensor, mask: Tensor) throws {
        self.pixels = pixels
        let floor = try mask + 1e-4
        weights = try floor / floor.sum(2, keep: true)
    }

    init(pixels: Tensor, weights: Tensor) { (self.pixels, self.weights) = (pixels, weights) }

    /// Means `[N, C, 1]`.
    package func mean() throws -> Tensor { try matmul(pixels, weights.permuted(0, 2, 1)) }

    /// Means and standard deviations of each channel, `[N, C, 1]` both. A standard deviation is at least
    /// 10⁻³.
    package func moments() throws -> (mean: Tensor, deviation: Tensor) {
        let mean = try mean()
        let variance = try ((pixels - mean).squared() * weights).sum(2, keep: true)
        return (mean, try (variance + 1e-6).squareRoot())
    }

    /// Covariance, `[N, C, C]`, with 10⁻⁶ added to the diagonal, so that it is invertible for faces of one
    /// colour.
    package func covariance() throws -> Tensor {
        let centred = try pixels - mean()
        let channels = pixels.shape[1]
        let floor = (0..<channels * channels).map { Float($0 % (channels + 1) == 0 ? 1e-6 : 0) }
        return try matmul(centred * weights, centred.permuted(0, 2, 1))
            + Tensor(floor, shape: [channels, channels], device: pixels.device)
    }
}
