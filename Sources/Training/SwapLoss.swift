import Architectures
import NeuralNetworks
import Tensors

/// Loss of swapped faces (target latents decoded as the source), for which no ground truth exists: the
/// source's identity, the target's local colours, and an unchanged background.
package struct SwapLoss {
    private let settings: LossSettings
    private let moments: LocalMoments
    private let dissimilarity: StructuralDissimilarity
    private let identity: (judge: any IdentityEmbedder, source: Tensor)?

    /// - Parameters:
    ///   - resolution: side lengths of the faces in pixels.
    ///   - identity: identity embedder, and the source's mean embedding `[1, D]` (`IdentityEmbedder.mean`).
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
    ///   - swapped: the target's latents decoded as the source.
    ///   - target: the target's faces that the latents were encoded from.
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
