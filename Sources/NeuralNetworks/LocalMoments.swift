import Tensors

/// Style loss: difference between the local means and standard deviations of two pictures' colours,
/// independent of their content.
///
/// The moments are those of adaptive instance normalisation (Huang and Belongie 2017, equation 13), computed
/// under a wide Gaussian window and inside a mask only, so that side lighting is preserved and the background
/// does not affect the face.
package struct LocalMoments {
    private let window: GaussianWindow

    /// - Parameter sigma: standard deviation of the window in pixels; the window extends three of them to
    ///   each side.
    package init(
        height: Int, width: Int, sigma: Double, type: ElementType = .float32, device: Device = .cpu
    ) throws {
        window = try GaussianWindow(
            height: height, width: width, window: 2 * Int((3 * sigma).rounded(.up)) + 1, sigma: sigma,
            type: type, device: device)
    }

    /// - Parameters:
    ///   - a: `[N, C, H, W]`.
    ///   - b: the same.
    ///   - mask: `[N, 1, H, W]`, 0…1.
    /// - Returns: the mean over the mask of the squared differences of both moments, one value.
    package func difference(_ a: Tensor, _ b: Tensor, mask: Tensor) throws -> Tensor {
        let share = try window(mask)
        let first = try moments(a, mask: mask, share: share)
        let second = try moments(b, mask: mask, share: share)
        let map = try (first.mean - second.mean).squared() + (first.deviation - second.deviation).squared()
        return try (map * mask).sum() / (mask.sum() * Double(a.shape[1]) + 1e-6)
    }

    private func moments(_ x: Tensor, mask: Tensor, share: Tensor) throws -> (mean: Tensor, deviation: Tensor)
    {
        let weight = try share + 1e-4
        let inside = try x * mask
        let mean = try window(inside) / weight
        let variance = try window(inside * x) / weight - mean.squared()
        // The square root's gradient is infinite at 0: standard deviations below 1/100 of the range are
        // treated as that value.
        return (mean, try (variance.clamped(0...1) + 1e-4).squareRoot())
    }
}
