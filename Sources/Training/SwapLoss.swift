import Architectures
import NeuralNetworks
import Tensors

/// What is asked of the target drawn as the source, for which there is no truth: that it be the source, in the target's
/// light, and leave the target's surroundings alone.
package struct SwapLoss {
    private let settings: LossSettings
    private let moments: LocalMoments
    private let dissimilarity: StructuralDissimilarity
    private let identity: (judge: any IdentityEmbedder, source: Tensor)?

    /// - Parameters:
    ///   - resolution: sides of the faces in pixels.
    ///   - identity: who judges whose face it is, and the source's own direction `[1, D]` (`IdentityEmbedder.mean`).
    package init(
        _ settings: LossSettings, resolution: Int,
        identity: (judge: any IdentityEmbedder, source: Tensor)? = nil,
        device: Device
    ) throws {
        guard settings.swapIdentity == 0 || identity != nil else {
            throw TrainingError(
                .mismatch, "The loss has a term of identity, and no recogniser was given; set its weight to 0"
            )
        }
        self.settings = settings
        self.identity = identity
        moments = try LocalMoments(
            height: resolution, width: resolution, sigma: Double(resolution) / 16, device: device)
        dissimilarity = try StructuralDissimilarity(
            height: resolution, width: resolution,
            windows: StructuralDissimilarity.windows(side: resolution), device: device)
    }

    /// - Parameters:
    ///   - swapped: the target's codes drawn as the source.
    ///   - target: the target's faces that the codes are of.
    package func callAsFunction(_ swapped: Drawing, target: TrueFaces) throws -> Tensor {
        let (a, b) = (swapped.colours, target.faces)
        var sum = WeightedSum()
        try sum.add(settings.faceStyle) { try moments.difference(a, b, mask: target.mask) }
        try sum.add(settings.backgroundStyle) {
            let outside = try 1 - target.mask
            let map = try dissimilarity(a * outside, b * outside) + (a - b).squared()
            return try (map * outside).sum() / (outside.sum() * 3 + 1e-6)
        }
        if let identity {
            try sum.add(settings.swapIdentity) {
                try identity.judge.difference(a, towards: identity.source)
            }
        }
        return try sum.total ?? Tensor(repeating: 0, shape: [], device: a.device)
    }
}
