import Tensors

/// The structural similarity index of two pictures at every position (Wang, Bovik, Sheikh and Simoncelli
/// 2004), with a Gaussian window.
///
/// Near the edge the window is cut and weighted anew, so that the map has the picture's size. Values are in 0…1.
package struct StructuralSimilarity {
    private let window: GaussianWindow

    /// - Parameters:
    ///   - window: side of the window in pixels, odd.
    ///   - sigma: deviation of its Gaussian in pixels.
    package init(
        height: Int, width: Int, window: Int = 11, sigma: Double = 1.5, type: ElementType = .float32,
        device: Device = .cpu
    ) throws {
        self.window = try GaussianWindow(
            height: height, width: width, window: window, sigma: sigma, type: type, device: device)
    }

    /// Shapes: `[N, C, H, W]` twice → `[N, C, H, W]`, −1…1 and 1 where both agree.
    package func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        let (light, structure) = try parts(a, b)
        return try window.restored(
            (light.numerator * structure.numerator) / (light.denominator * structure.denominator), to: a.shape
        )
    }

    /// The index's two factors, apart: how far the light agrees, and how far contrast and structure do.
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
        // Apart, so that no gradient is taken of what belongs to `b` alone, where that is given.
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
