import Tensors

/// A style loss: how far two pictures' local means and deviations of colour differ, whatever the picture shows there.
///
/// The moments are those that style transfer matches (Huang and Belongie 2017, equation 13), taken of pixels under a wide
/// Gaussian window and inside a mask only, so that light from one side stays on its side and what surrounds a face does not
/// colour it.
package struct LocalMoments {
    private let window: GaussianWindow

    /// - Parameter sigma: deviation of the window in pixels; it reaches three deviations to each side.
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
        // The root has no slope at 0: a deviation of less than 1/100 of the range is none.
        return (mean, try (variance.clamped(0...1) + 1e-4).squareRoot())
    }
}
