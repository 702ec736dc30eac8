import NeuralNetworks
import Tensors

/// How much each position of some faces counts: what lies inside the mask, eyes and mouth more than the rest.
struct RegionWeights {
    /// `[B, 1, R, R]`: what belongs to the face, its edge perhaps blurred.
    let mask: Tensor
    /// `[B, 1, R, R]`: how much each position counts.
    let weight: Tensor
    /// Numbers inside the mask, colours counted each.
    let area: Tensor

    /// - Parameters:
    ///   - blur: makes the mask's edge fade outwards; nil leaves it.
    ///   - mean: the mean of a value over the parts of a batch that several processes share.
    init(
        _ truth: TrueFaces, settings: LossSettings, blur: GaussianWindow?, mean: (Tensor) throws -> Tensor
    ) throws {
        mask = try blur.map { try maximum(truth.mask, $0(truth.mask)) } ?? truth.mask
        area = try mean(mask.sum()) * 3 + 1e-6
        weight = try mask * (truth.eyes * settings.eyes + truth.mouth * settings.mouth + 1)
    }

    /// The weighted mean of a map inside the mask. Shapes: `[B, 3, R, R]` → one value.
    func mean(_ map: Tensor) throws -> Tensor { try (map * weight).sum() / area }
}
