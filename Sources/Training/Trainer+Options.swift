import Architectures
import Faces
import Foundation
import Tensors
import Workspace

extension Trainer {
    /// What is trained, how, and for how long.
    package struct Options: Sendable {
        package var stop: StopRule
        package var recipe = Recipe()
        /// The network's size; a model that is gone on with keeps its own.
        package var network = NetworkDesign.hybrid(.small)
        /// A model of other people that a new one starts from: parts that both have are taken from it, but for those
        /// below the places `fresh`, such as `intermediate`.
        package var startingFrom: URL?
        package var fresh: [String] = []
        /// What people call that network.
        package var architecture = "dimorph-s"
        package var seed: UInt64 = 1
        package var device: Device = .cpu
        /// Makes who judges whose face it is, for crops of a kind, where the loss asks for it.
        package var identityJudge: (@Sendable (CropKind, Device) throws -> any IdentityEmbedder)?
        /// Seconds between two checkpoints, and between two previews.
        package var checkpointEvery = 30.0
        package var previewEvery = 30.0
        package var keeping = CheckpointKeeping()
        /// A file that ends the training where it appears, as if the rule said stop; it is removed then.
        package var stopFile: URL?
        /// The processes that train this model together, on even parts of each batch; nil for one alone.
        package var processGroup: (any ProcessGroup)?
        /// Bytes of the device that the pictures of all people together may take; larger sets are read from their
        /// mapped file batch by batch. Nil is a quarter of what is free.
        package var setMemory: Int?
        /// Which model swapping gets in the end.
        package var choice = ModelChoice.last
        /// Whether networks that can begin with their people's principal patches do; what is thrown away need not.
        var startsFromFaces = true

        package init(stop: StopRule) { self.stop = stop }
    }

    /// The last model, or the one whose swaps scored best (`SwapFigures.score`), which lies beside it in any case.
    package enum ModelChoice: String, Sendable, Codable, CaseIterable { case last, best }

    /// How a training ended.
    package struct Summary: Sendable, Codable {
        package var iterations: Int
        package var seconds: Double
        /// On the validation faces, which choose and stop; nil where there are too few.
        package var heldOutError: Double?
        /// Structural similarity inside the mask on the same faces.
        package var heldOutSimilarity: Double?
        /// Figures of the model for swapping on the test faces, which neither train, choose nor stop; empty where there are
        /// too few.
        package var test: [TrainingFigure: Double]
        /// Iterations that an earlier run had done.
        package var resumedFrom: Int
        package var model: URL
        /// Where the held-out error was heading, when the swaps were best, and what both say in words.
        package var trend: ConvergenceEstimate?
        package var best: TrainingMetrics.Best?
        package var remark: String
        /// How often the training went back to an earlier checkpoint.
        package var returns: Int
        /// Share of this run's time that went to judging swaps.
        package var judgingShare: Double
    }
}
