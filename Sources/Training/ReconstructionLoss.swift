import Architectures
import NeuralNetworks
import Tensors

/// Loss between a reconstructed face and the ground truth.
package struct ReconstructionLoss {
    private let settings: LossSettings
    private let structure: StructureTerm?
    private let blur: GaussianWindow?
    private let identity: (any IdentityEmbedder)?

    /// - Parameters:
    ///   - resolution: side lengths of the faces in pixels.
    ///   - identity: identity embedder, if the settings have an identity term.
    package init(
        _ settings: LossSettings, resolution: Int, identity: (any IdentityEmbedder)? = nil, device: Device
    ) throws {
        guard settings.identity == 0 || identity != nil else {
            throw TrainingError(
                .mismatch, "The loss has a term of identity, and no recogniser was given; set its weight to 0"
            )
        }
        self.settings = settings
        self.identity = identity
        structure =
            settings.structure == 0
            ? nil : try StructureTerm(settings.structureKind, side: resolution, device: device)
        blur = try GaussianWindow.blur(share: settings.blurredMask, side: resolution, device: device)
    }

    /// Computes the loss, and the mean absolute error inside the mask (unweighted, 0…1) for reporting.
    ///
    /// If no mask is predicted, only colours are compared.
    ///
    /// - Parameter mean: mean of a value over the parts of a distributed batch: the mean of the returned
    ///   losses over processes is then the loss of the whole batch.
    package func callAsFunction(
        _ drawn: Drawing, _ truth: TrueFaces, mean: (Tensor) throws -> Tensor = { $0 }
    ) throws -> (loss: Tensor, error: Tensor) {
        let (a, b) = (drawn.colours, truth.faces)
        let regions = try RegionWeights(truth, settings: settings, blur: blur, mean: mean)
        let difference = try (a - b).absolute()
        var sum = WeightedSum()
        try sum.add(settings.absolute) { try regions.mean(difference) }
        if let structure { try sum.add(settings.structure) { try structure(a, b, regions) } }
        try sum.add(settings.everywhere) { try difference.mean() }
        if let mask = drawn.mask {
            try sum.add(settings.mask) { try (sigmoid(mask) - truth.mask).squared().mean() }
        }
        try sum.add(settings.squared) { try regions.mean((a - b).squared()) }
        try sum.add(settings.features) {
            try (difference * maximum(truth.eyes, truth.mouth)).mean()
        }
        try sum.add(settings.gradient) {
            try regions.mean(gradientDifference(a * regions.mask, b * regions.mask))
        }
        try sum.add(settings.frequency) {
            try focalFrequencyDifference(a * regions.mask, b * regions.mask) * Double(a.count) / regions.area
        }
        if let identity {
            try sum.add(settings.identity) { try identity.difference(a, b) }
        }
        let loss = try sum.total ?? Tensor(repeating: 0, shape: [], device: a.device)
        return (loss, try withoutGradient { try Self.error(a.detached(), truth) })
    }

    /// Mean absolute error inside the mask, 0…1. Shapes: colours `[B, 3, R, R]`.
    package static func error(_ colours: Tensor, _ truth: TrueFaces) throws -> Tensor {
        try ((colours - truth.faces).absolute() * truth.mask).sum() / (truth.mask.sum() * 3 + 1e-6)
    }
}

extension GaussianWindow {
    /// Blurs pictures with a Gaussian relative to their side; `nil` for a deviation of 0.
    static func blur(share: Double, side: Int, device: Device) throws -> GaussianWindow? {
        guard share > 0 else { return nil }
        let sigma = share * Double(side)
        return try GaussianWindow(
            height: side, width: side, window: 2 * Int((3 * sigma).rounded(.up)) + 1, sigma: sigma,
            device: device)
    }
}
