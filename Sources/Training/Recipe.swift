import NeuralNetworks
import Tensors

/// How a network learns: every number of the training in one place. Documentation/Training.md says how they
/// were found.
package struct Recipe: Sendable, Codable, Equatable {
    /// Faces of each person in a step.
    package var batch = 8
    /// Most people whose faces are seen in one step, drawn by chance; 0, or as many as there are, for all.
    package var people = 0
    package var rate = LearningRate(peak: 2e-3)
    package var optimizer = OptimizerSettings()
    /// Parts of the network that are not trained: places in the tree of names, such as `encoder` or `decoders.anna`.
    package var frozen: [String] = []
    /// How a step makes do with less memory or less precision.
    package var economy = MemorySettings()
    /// Joint length to which gradients are clipped; 0 for none.
    package var clip = 1.0
    /// Share of the averaged parameters that a step keeps; at 0 nothing is averaged, and no memory taken for it.
    package var averaging = 0.995
    package var augmentation = AugmentationSettings()
    package var loss = LossSettings()
    package var code = CodeSettings()
    package var refinement = RefinementSettings()
    /// Who judges what is drawn, for the last stretch of a training.
    package var adversary = GANSettings()
    /// Weight of the word of a judge who tells the source's codes from the target's; 0 for none.
    package var trueFace = 0.0
    /// Which faces are drawn more often than they occur.
    package var sampling = Sampling.balanced
    /// For `balanced` sampling: how much more often rare turns, blinks and open mouths are drawn: 0 as often as they
    /// occur, 1 evenly.
    package var balance = 0.5

    package init() {}

    /// Whether parameters are moved on the way back, each as soon as its gradient is whole: nobody asks for the joint length
    /// of gradients, and the way comes by each parameter once. A GPU does better with one launch for all.
    func movesAtOnce(on device: Device) -> Bool { clip <= 0 && !economy.recomputes && device == .cpu }
}

/// How often networks with a refinement practise it. It costs more than all the rest of a step where every face is refined, and learns
/// little from many faces that it does not from few.
package struct RefinementSettings: Sendable, Codable, Equatable {
    /// Share of the steps in which faces are refined, and share of each person's faces in such a step.
    package var steps = 0.4
    package var faces = 0.25

    package init() {}

    /// Faces of a batch that are refined in one step, as far from each other as can be: the rows of a batch are sorted by whether
    /// they are seen in a mirror, and lie with several processes.
    ///
    /// - Parameters:
    ///   - batch: faces of a person.
    ///   - least: as many at least: one for each process, whose gradients are those of the same parameters.
    ///   - chance: 0..<1.
    func chosen(of batch: Int, least: Int, chance: Double) -> [Int] {
        let count = min(batch, max(1, least, Int((faces * Double(batch)).rounded())))
        let first = Int(chance * Double(batch))
        return (0..<count).map { (first + $0 * batch / count) % batch }.sorted()
    }
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
