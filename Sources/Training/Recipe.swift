import NeuralNetworks

/// How a network learns: every number of the training in one place. Documentation/Training.md says how they
/// were found.
package struct Recipe: Sendable, Codable, Equatable {
    /// Faces of each person in a step.
    package var batch = 8
    package var rate = LearningRate(peak: 2e-3)
    package var optimizer = AdamW.Settings()
    /// Joint length to which gradients are clipped.
    package var clip = 1.0
    /// Share of the averaged parameters that a step keeps.
    package var averaging = 0.995
    package var augmentation = AugmentationSettings()
    package var loss = LossSettings()
    package var code = CodeSettings()
    /// Which faces are drawn more often than they occur.
    package var sampling = Sampling.balanced
    /// For `balanced` sampling: how much more often rare turns, blinks and open mouths are drawn: 0 as often as they occur, 1 evenly.
    package var balance = 0.5

    package init() {}
}

/// What the loss is made of. Everything is taken inside the face's mask unless it says otherwise.
package struct LossSettings: Sendable, Codable, Equatable {
    package var absolute = 10.0
    /// Weight of 1 − SSIM.
    package var structure = 5.0
    package var mask = 3.0
    /// Weight of the absolute error over the whole crop.
    package var everywhere = 1.0
    /// How much more eyes and mouth weigh than the rest of the face.
    package var eyes = 4.0
    package var mouth = 2.0

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
