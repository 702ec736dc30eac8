import Architectures
import Faces
import Foundation
import Tensors
import Workspace

extension Trainer {
    /// Configuration of a training run.
    package struct Options: Sendable {
        package var stop: StopRule
        package var recipe = Recipe()
        /// Network architecture and size; a resumed model keeps its own.
        package var network = NetworkDesign.hybrid(.small)
        /// Model of other people to initialize a new one from: common parameters are copied, except those
        /// below the prefixes `fresh`, such as `intermediate`.
        package var startingFrom: URL?
        package var fresh: [String] = []
        /// Command-line name of the network.
        package var architecture = "dimorph-s"
        package var seed: UInt64 = 1
        package var device: Device = .cpu
        /// Creates the identity embedder for a crop kind, if a loss term needs it.
        package var identityJudge: (@Sendable (CropKind, Device) throws -> any IdentityEmbedder)?
        /// Seconds between two checkpoints, and between two previews.
        package var checkpointEvery = 30.0
        package var previewEvery = 30.0
        package var keeping = CheckpointKeeping()
        /// A file that stops training when it appears, as the stopping rule does; it is then removed.
        package var stopFile: URL?
        /// The process group, whose ranks train on equal parts of each batch; `nil` for a single process.
        package var processGroup: (any ProcessGroup)?
        /// Device memory in bytes for the pictures of all people together; larger sets are memory-mapped and
        /// read batch by batch. `nil` for a quarter of the free memory.
        package var setMemory: Int?
        /// The model to publish for swapping.
        package var choice = ModelChoice.last
        /// Whether networks that support it are initialized with principal patches; unnecessary for temporary
        /// models.
        var startsFromFaces = true

        package init(stop: StopRule) { self.stop = stop }
    }

    /// The last model, or the one with the best swap score (`SwapFigures.score`), which is saved beside it in
    /// any case.
    package enum ModelChoice: String, Sendable, Codable, CaseIterable { case last, best }

    /// Result of a training run.
    package struct Summary: Sendable, Codable {
        package var iterations: Int
        package var seconds: Double
        /// On the validation faces, which are used for model selection and stopping; `nil` if there are too
        /// few.
        package var heldOutError: Double?
        /// Structural similarity inside the mask on the same faces.
        package var heldOutSimilarity: Double?
        /// Metrics of the model for swapping on the test faces, which are not used for training, model
        /// selection or stopping; empty if there are too few.
        package var test: [TrainingFigure: Double]
        /// Iterations of earlier runs.
        package var resumedFrom: Int
        package var model: URL
        /// Trend of the validation error, the best model, and a summary of both in words.
        package var trend: ConvergenceEstimate?
        package var best: TrainingMetrics.Best?
        package var remark: String
        /// Number of rollbacks to an earlier checkpoint.
        package var returns: Int
        /// Fraction of this run's time spent on swap metrics.
        package var judgingShare: Double
    }
}
