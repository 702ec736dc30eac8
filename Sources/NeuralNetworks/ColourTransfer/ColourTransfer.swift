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

    /// - Parameter numbers: for the directions of `idt` and `sot`.
    package func callAsFunction(
        _ pixels: Tensor, from source: ColourSample, to target: ColourSample, numbers: inout RandomNumbers
    ) throws -> Tensor {
        switch self {
        case .none: return pixels
        case .rct: return try reinhardTransfer(pixels, from: source, to: target)
        case .lct: return try linearTransfer(pixels, from: source, to: target)
        case .mkl: return try mongeKantorovitchTransfer(pixels, from: source, to: target)
        case .idt:
            let steps = (0..<10).map { _ in [randomBasis(&numbers)] }
            return try slicedTransfer(pixels, from: source, to: target, steps: steps)
        case .sot:
            let steps = (0..<6).map { _ in (0..<3).map { _ in randomBasis(&numbers) } }
            return try slicedTransfer(pixels, from: source, to: target, steps: steps)
        }
    }
}
