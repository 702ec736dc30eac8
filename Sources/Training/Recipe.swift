import NeuralNetworks
import Tensors

/// All hyperparameters of a training. Documentation/Training.md describes how they were chosen.
package struct Recipe: Sendable, Codable, Equatable {
    /// Faces of each person in a step.
    package var batch = 8
    /// Maximum number of people per step, drawn at random; 0 for all.
    package var people = 0
    package var rate = LearningRate(peak: 2e-3)
    package var optimizer = OptimizerSettings()
    /// Parts of the network that are frozen: parameter name prefixes, such as `encoder` or `decoders.anna`.
    package var frozen: [String] = []
    /// Options that reduce a step's memory or precision.
    package var economy = MemorySettings()
    /// Maximum norm of the gradients for clipping; 0 disables clipping.
    package var clip = 1.0
    /// Decay of the exponential moving average; at 0 there is no average, and no memory is used for it.
    package var averaging = 0.995
    package var augmentation = AugmentationSettings()
    package var loss = LossSettings()
    package var code = CodeSettings()
    package var refinement = RefinementSettings()
    /// The discriminator loss, for the last part of a training.
    package var adversary = GANSettings()
    /// Weight of the loss of a discriminator between the source's and the target's latent codes; 0 disables
    /// it.
    package var trueFace = 0.0
    /// Sampling weights of the faces.
    package var sampling = Sampling.balanced
    /// For `balanced` sampling: how strongly rare poses, blinks and open mouths are favoured: 0 for uniform
    /// sampling, 1 for flat histograms.
    package var balance = 0.5

    package init() {}

    /// Whether each parameter is updated during the backward pass, as soon as its gradient is complete. It
    /// requires that gradients are not clipped by norm and that the backward pass visits each parameter once.
    /// On a GPU one launch for all parameters is faster.
    func movesAtOnce(on device: Device) -> Bool { clip <= 0 && !economy.recomputes && device == .cpu }
}

/// How often networks with a refinement train it. Refining every face costs more than the rest of a step, and
/// training on many faces has little advantage over few.
package struct RefinementSettings: Sendable, Codable, Equatable {
    /// Fraction of the steps in which faces are refined, and fraction of each person's faces in such a step.
    package var steps = 0.4
    package var faces = 0.25

    package init() {}

    /// Indices of the faces of a batch that are refined in a step, as evenly spaced as possible: the rows of
    /// a batch are sorted by mirroring, and are distributed over several processes.
    ///
    /// - Parameters:
    ///   - batch: number of faces per person.
    ///   - least: minimum number: one for each process, because gradients of the same parameters are summed.
    ///   - chance: 0..<1.
    func chosen(of batch: Int, least: Int, chance: Double) -> [Int] {
        let count = min(batch, max(1, least, Int((faces * Double(batch)).rounded())))
        let first = Int(chance * Double(batch))
        return (0..<count).map { (first + $0 * batch / count) % batch }.sorted()
    }
}

/// Regularization of the two parts of the latent code: each must be sufficient without the other, and the
/// learned part must not encode identity.
package struct CodeSettings: Sendable, Codable, Equatable {
    /// Standard deviation of the noise on the learned latent, which is normalised to 1.
    package var noise = 0.3
    /// Dropout probability of the learned latent, and of the measured features, per face.
    package var learnedDropout = 0.3
    package var measuredDropout = 0.1
    /// Standard deviation of the noise on each measure, and dropout probability of single measures.
    package var measuredNoise = 0.2
    package var measureDropout = 0.1
    /// Weight of the difference between the two people's means and standard deviations of the learned latent.
    package var matching = 1.0

    package init() {}
}
