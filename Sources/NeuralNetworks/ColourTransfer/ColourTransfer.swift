import Tensors

/// Colour transfer methods from one face to another, for a batch on the device.
///
/// Each method computes statistics of the two samples (the pixels inside the masks) and applies the resulting
/// map to any pixels of the first face. Shapes: pixels `[N, 3, P]` in sRGB 0…1 → `[N, 3, P]`, which may
/// slightly exceed 0…1 for some methods.
package enum ColourTransfer: String, Sendable, Codable, CaseIterable {
    case none
    /// Means and standard deviations in L*a*b* (`reinhardTransfer`).
    case rct
    /// Means and covariances by Cholesky factors (`linearTransfer`).
    case lct
    /// The linear map with minimal displacement of colours (`mongeKantorovitchTransfer`).
    case mkl
    /// Full distributions, with one random basis per step (`slicedTransfer`).
    case idt
    /// Full distributions by sliced optimal transport (`slicedTransfer`, several bases per step).
    case sot

    /// Draws the directions of `idt` and `sot`: the orthogonal bases of each step, nine numbers each. Empty
    /// for other methods.
    package func directions(_ numbers: inout RandomNumbers) -> [[Float]] {
        let (steps, bases) =
            switch self {
            case .idt: (10, 1)
            case .sot: (6, 3)
            default: (0, 0)
            }
        return (0..<steps).map { _ in (0..<bases).flatMap { _ in randomBasis(&numbers) } }
    }

    /// - Parameter numbers: random number generator for the directions of `idt` and `sot`.
    package func callAsFunction(
        _ pixels: Tensor, from source: ColourSample, to target: ColourSample, numbers: inout RandomNumbers
    ) throws -> Tensor {
        let directions = try directions(&numbers).map {
            try Tensor($0, shape: [$0.count / 3, 3], device: pixels.device)
        }
        return try callAsFunction(pixels, from: source, to: target, directions: directions)
    }

    /// - Parameter directions: bases of each step of `idt` and `sot`, `[3 · bases, 3]`.
    package func callAsFunction(
        _ pixels: Tensor, from source: ColourSample, to target: ColourSample, directions: [Tensor]
    ) throws -> Tensor {
        switch self {
        case .none: return pixels
        case .rct: return try reinhardTransfer(pixels, from: source, to: target)
        case .lct: return try linearTransfer(pixels, from: source, to: target)
        case .mkl: return try mongeKantorovitchTransfer(pixels, from: source, to: target)
        case .idt, .sot: return try slicedTransfer(pixels, from: source, to: target, steps: directions)
        }
    }
}
