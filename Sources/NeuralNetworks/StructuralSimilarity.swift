import Tensors

/// The structural similarity index of two pictures at every position (Wang, Bovik, Sheikh and Simoncelli
/// 2004), with a Gaussian window.
///
/// At the borders the window is truncated and renormalised, so that the map has the picture's size. Values
/// are in 0…1.
package struct StructuralSimilarity {
    private let window: GaussianWindow

    /// - Parameters:
    ///   - window: side of the window in pixels, odd.
    ///   - sigma: standard deviation of the Gaussian in pixels.
    package init(
        height: Int, width: Int, window: Int = 11, sigma: Double = 1.5, type: ElementType = .float32,
        device: Device = .cpu
    ) throws {
        self.window = try GaussianWindow(
            height: height, width: width, window: window, sigma: sigma, type: type, device: device)
    }

    /// Shapes: `[N, C, H, W]` twice → `[N, C, H, W]`, −1…1; 1 for equal pictures.
    package func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        let (light, structure) = try parts(a, b)
        return try window.restored(
            (light.numerator * structure.numerator) / (light.denominator * structure.denominator), to: a.shape
        )
    }

    /// The two factors of the index: luminance, and contrast and structure.
    package func factors(_ a: Tensor, _ b: Tensor) throws -> (light: Tensor, structure: Tensor) {
        let (light, structure) = try parts(a, b)
        return (
            try window.restored(light.numerator / light.denominator, to: a.shape),
            try window.restored(structure.numerator / structure.denominator, to: a.shape)
        )
    }

    private typealias Fraction = (numerator: Tensor, denominator: Tensor)

    private func parts(_ a: Tensor, _ b: Tensor) throws -> (light: Fraction, structure: Fraction) {
        let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
        let (a, b) = (try window.arranged(a), try window.arranged(b))
        // Separate, so that no gradient is computed for terms of `b` alone if `b` needs none.
        let own = try window.means(of: [a, a.squared(), a * b])
        let other = try window.means(of: [b, b.squared()])
        let (meanA, meanB) = (own[0], other[0])
        let (squareA, squareB, product) = (try meanA.squared(), try meanB.squared(), try meanA * meanB)
        let covariance = try own[2] - product
        let variance = try (own[1] - squareA) + (other[1] - squareB)
        return (
            (try product * 2 + c1, try squareA + squareB + c1), (try covariance * 2 + c2, try variance + c2)
        )
    }
}
