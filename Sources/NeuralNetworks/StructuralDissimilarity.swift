import Tensors

/// Structural dissimilarity at every position, (1 − SSIM) / 2, as a mean over windows of several sizes.
///
/// A window's Gaussian is as wide in proportion to it as in the paper (1.5 for 11 pixels): windows with one deviation for
/// all sizes see the same thing, because what lies beyond three deviations hardly counts.
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

    /// Shapes: `[N, C, H, W]` twice → `[N, C, H, W]`, 0…1 and 0 where both agree.
    package func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        let maps = try similarities.map { try (1 - $0(a, b)) * (0.5 / Double(similarities.count)) }
        guard let first = maps.first else {
            throw TensorError(.invalidOperation, "a dissimilarity needs a window")
        }
        return try maps.dropFirst().reduce(first) { try $0 + $1 }
    }

    /// Deviation of a window's Gaussian, in pixels.
    package static func sigma(window: Int) -> Double { 1.5 / 11 * Double(window) }

    /// Windows for faces of some size: 1/11.6 of the side, and from 256 pixels on 1/23.2 of it too, each made odd.
    package static func windows(side: Int) -> [Int] {
        let shares = side >= 256 ? [11.6, 23.2] : [11.6]
        return shares.map { max(3, Int(Double(side) / $0) | 1) }
    }
}
