import Architectures
import NeuralNetworks
import Tensors

/// How far a drawn face is from the true one.
struct SwapLoss {
    private let settings: LossSettings
    private let similarity: StructuralSimilarity

    init(_ settings: LossSettings, resolution: Int, device: Device) throws {
        self.settings = settings
        similarity = try StructuralSimilarity(height: resolution, width: resolution, device: device)
    }

    /// The loss, and the mean absolute error inside the mask (unweighted, 0…1) to show to people.
    ///
    /// A drawing without a mask is judged by its colours alone.
    func callAsFunction(_ drawn: Drawing, _ truth: PersonFaces.Batch) throws -> (loss: Tensor, error: Tensor)
    {
        let colours = drawn.colours
        let area = try truth.mask.sum() * 3 + 1e-6
        let weight = try truth.mask * (truth.eyes * settings.eyes + truth.mouth * settings.mouth + 1)
        let difference = try (colours - truth.faces).absolute()
        let absolute = try (difference * weight).sum() / area
        let map = try similarity(colours * truth.mask, truth.faces * truth.mask)
        let structure = try ((1 - map) * weight).sum() / area
        var loss =
            try absolute * settings.absolute + structure * settings.structure
            + difference.mean() * settings.everywhere
        if let mask = drawn.mask {
            loss = try loss + (sigmoid(mask) - truth.mask).squared().mean() * settings.mask
        }
        let shown = try withoutGradient { try error(colours.detached(), truth) }
        return (loss, shown)
    }

    /// Mean absolute error inside the mask, 0…1. Shapes: colours `[B, 3, R, R]`.
    func error(_ colours: Tensor, _ truth: PersonFaces.Batch) throws -> Tensor {
        try ((colours - truth.faces).absolute() * truth.mask).sum() / (truth.mask.sum() * 3 + 1e-6)
    }
}
