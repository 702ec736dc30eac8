import Architectures
import NeuralNetworks
import Tensors

/// How a network learns: every number of the training in one place. Documentation/Training.md says how they
/// were found.
package struct Recipe: Sendable, Codable, Equatable {
    /// Faces of each person in a step.
    package var batch = 8
    package var rate = LearningRate(peak: 2e-3)
    package var optimizer = OptimizerSettings()
    /// Parts of the network that are not trained: places in the tree of names, such as `encoder` or `decoders.anna`.
    package var frozen: [String] = []
    /// How a step makes do with less memory or less precision.
    package var economy = EconomySettings()
    /// Joint length to which gradients are clipped; 0 for none.
    package var clip = 1.0
    /// Share of the averaged parameters that a step keeps; at 0 nothing is averaged, and no memory taken for it.
    package var averaging = 0.995
    package var augmentation = AugmentationSettings()
    package var loss = LossSettings()
    package var code = CodeSettings()
    /// Who judges what is drawn, for the last stretch of a training.
    package var adversary = AdversarySettings()
    /// Weight of the word of a judge who tells the source's codes from the target's; 0 for none.
    package var trueFace = 0.0
    /// How much more often rare turns, blinks and open mouths are drawn: 0 as often as they occur, 1 evenly.
    package var balance = 0.5

    package init() {}
}

/// How a step trades time, memory and precision. None of it changes what is learned, but for rounding.
package struct EconomySettings: Sendable, Codable, Equatable {
    /// Parts in which the network sees a batch, each with memory of its own for a while; the gradient is that of
    /// the whole batch. More than one takes a second forward pass.
    package var accumulation = 1
    /// Whether what the network computes on the way is computed again instead of kept.
    package var checkpointing = false
    /// Whether matrix products and convolutions run in bfloat16.
    package var bfloat16 = false

    package init() {}

    /// The network as a step is to run it.
    func applied(to network: any SwapNetwork, device: Device) -> any SwapNetwork {
        let inner = bfloat16 ? ReducedPrecisionNetwork(network, device: device) : network
        return accumulation > 1 || checkpointing ? PartedNetwork(inner, parts: accumulation) : inner
    }
}

/// How a face is disturbed before the encoder sees it. Lengths are shares of the crop's side.
package struct AugmentationSettings: Sendable, Codable, Equatable {
    /// Share of the faces that are shown, and to be drawn, in a mirror.
    package var mirrored = 0.5
    /// Greatest rotation, in degrees.
    package var rotation = 8.0
    /// Greatest change of size, as an exponent of e.
    package var zoom = 0.06
    package var shift = 0.025
    /// Deviation of the warp at its 5 × 5 points.
    package var warp = 0.015
    /// Greatest change of a channel's gain, and of its offset.
    package var gain = 0.3
    package var offset = 0.15
    /// Light that falls on the encoder's picture and on what is to be drawn alike.
    package var light = LightSettings()

    package init() {}
}

/// How the two halves of the code are kept honest: each must be able to do without the other, and the learned
/// half must not tell the people apart.
package struct CodeSettings: Sendable, Codable, Equatable {
    /// Deviation of the noise on the learned half, whose own is 1.
    package var noise = 0.3
    /// Share of faces that are drawn without the learned half, and without the measured.
    package var learnedDropout = 0.3
    package var measuredDropout = 0.1
    /// Deviation of the noise on each measure, and share of measures that are hidden, each by itself.
    package var measuredNoise = 0.2
    package var measureDropout = 0.1
    /// Weight of the difference between the two people's means and deviations of the learned code.
    package var matching = 1.0

    package init() {}
}
