import Tensors

/// Structural dissimilarity (DSSIM) at every position, (1 − SSIM) / 2, averaged over windows of several
/// sizes.
///
/// The Gaussian's standard deviation scales with the window as in the paper (1.5 for 11 pixels): windows of
/// different sizes with the same standard deviation would hardly differ, because weights beyond three
/// standard deviations are negligible.
package struct StructuralDissimilarity {
    private let similarities: [StructuralSimilarity]

    /// - Parameter windows: sides in pixels, odd.
    package init(
        height: Int, width: Int, windows: [Int], type: ElementType = .float32, device: Device = .cpu
    ) throws {
        similarities = try windows.map {
            try StructuralSimilarity(
                height: height, width: width, window: $0, sigma: Self.sigma(window: $0), type: type,
                device: device)
        }
    }

    /// Shapes: `[N, C, H, W]` twice → `[N, C, H, W]`, 0…1; 0 for equal pictures.
    package func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        let maps = try similarities.map { try (1 - $0(a, b)) * (0.5 / Double(similarities.count)) }
        guard let first = maps.first else {
            throw TensorError(.invalidOperation, "a dissimilarity needs a window")
        }
        return try maps.dropFirst().reduce(first) { try $0 + $1 }
    }

    /// Standard deviation of a window's Gaussian, in pixels.
    package static func sigma(window: Int) -> Double { 1.5 / 11 * Double(window) }

    /// Windows for a face's side: 1/11.6 of the side, and from 256 pixels on also 1/23.2 of it, each rounded
    /// to an odd number.
    package static func windows(side: Int) -> [Int] {
        let shares = side >= 256 ? [11.6, 23.2] : [11.6]
        return shares.map { max(3, Int(Double(side) / $0) | 1) }
    }
}
