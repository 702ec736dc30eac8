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
        return try (light.numerator * structure.numerator) / (light.denominator * structure.denominator)
    }

    /// The index's two factors, apart: how far the light agrees, and how far contrast and structure do.
    package func factors(_ a: Tensor, _ b: Tensor) throws -> (light: Tensor, structure: Tensor) {
        let (light, structure) = try parts(a, b)
        return (
            try light.numerator / light.denominator, try structure.numerator / structure.denominator
        )
    }

    private typealias Fraction = (numerator: Tensor, denominator: Tensor)

    private func parts(_ a: Tensor, _ b: Tensor) throws -> (light: Fraction, structure: Fraction) {
        let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
        // One pass over all five moments.
        let moments = try window(concatenated([a, b, a.squared(), b.squared(), a * b], axis: 1))
        let channels = a.shape[1]
        func moment(_ index: Int) throws -> Tensor {
            try moments.slice(index * channels..<(index + 1) * channels, axis: 1)
        }
        let (meanA, meanB) = (try moment(0), try moment(1))
        let (squareA, squareB, product) = (try meanA.squared(), try meanB.squared(), try meanA * meanB)
        let covariance = try moment(4) - product
        let variance = try (moment(2) - squareA) + (moment(3) - squareB)
        return (
            (try product * 2 + c1, try squareA + squareB + c1), (try covariance * 2 + c2, try variance + c2)
        )
    }
}
