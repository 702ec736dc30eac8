import NeuralNetworks
import Tensors

/// Weight of each pixel in the loss: inside the mask, with additional weight for eyes and mouth.
struct RegionWeights {
    /// `[B, 1, R, R]`: the face mask, possibly blurred.
    let mask: Tensor
    /// `[B, 1, R, R]`: weight of each pixel.
    let weight: Tensor
    /// Number of values inside the mask, counting each colour channel.
    let area: Tensor

    /// - Parameters:
    ///   - blur: blurs the mask's edge outwards; `nil` for a sharp edge.
    ///   - mean: mean of a value over the parts of a distributed batch.
    init(
        _ truth: TrueFaces, settings: LossSettings, blur: GaussianWindow?, mean: (Tensor) throws -> Tensor
    ) throws {
        mask = try blur.map { try maximum(truth.mask, $0(truth.mask)) } ?? truth.mask
        area = try mean(mask.sum()) * 3 + 1e-6
        weight = try mask * (truth.eyes * settings.eyes + truth.mouth * settings.mouth + 1)
    }

    /// Weighted mean of a map inside the mask. Shapes: `[B, 3, R, R]` → one value.
    func mean(_ map: Tensor) throws -> Tensor { try (map * weight).sum() / area }
}
