import Tensors

/// How one face's colours are brought to another's, all of a batch at once on the device.
///
/// Every method takes statistics of the two samples (the pixels inside the masks) and applies what follows from
/// them to any pixels of the first face. Shapes: pixels `[N, 3, P]` in sRGB 0…1 → `[N, 3, P]`, a little beyond 0…1
/// where the method says so.
package enum ColourTransfer: String, Sendable, Codable, CaseIterable {
    case none
    /// Means and deviations in L*a*b* (`reinhardTransfer`).
    case rct
    /// Means and covariances by Cholesky factors (`linearTransfer`).
    case lct
    /// The linear map that moves colours least (`mongeKantorovitchTransfer`).
    case mkl
    /// Whole distributions, one turned set of axes after the other (`slicedTransfer`, one basis a step).
    case idt
    /// Whole distributions by sliced optimal transport (`slicedTransfer`, several bases a step).
    case sot

    /// Draws the directions of `idt` and `sot`: for each step its orthogonal bases, nine numbers each. Empty for other methods.
    package func directions(_ numbers: inout RandomNumbers) -> [[Float]] {
        let (steps, bases) =
            switch self {
            case .idt: (10, 1)
            case .sot: (6, 3)
            default: (0, 0)
            }
        return (0..<steps).map { _ in (0..<bases).flatMap { _ in randomBasis(&numbers) } }
    }

    /// - Parameter numbers: for the directions of `idt` and `sot`.
    package func callAsFunction(
        _ pixels: Tensor, from source: ColourSample, to target: ColourSample, numbers: inout RandomNumbers
    ) throws -> Tensor {
        let directions = try directions(&numbers).map {
            try Tensor($0, shape: [$0.count / 3, 3], device: pixels.device)
        }
        return try callAsFunction(pixels, from: source, to: target, directions: directions)
    }

    /// - Parameter directions: for each step of `idt` and `sot` its bases, `[3 · bases, 3]`.
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
