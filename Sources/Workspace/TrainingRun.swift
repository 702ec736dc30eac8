import Foundation
import GRDB

/// One run of a training, from the beginning or from a checkpoint.
package struct TrainingRun: Sendable, Equatable, Codable, FetchableRecord, MutablePersistableRecord {
    package static let databaseTableName = "trainingRun"

    package var id: Int64?
    /// ID of the first run of the model, shared by all resumed runs.
    package var model: Int64?
    package var architecture: String
    /// Names of the people's sets: the source first, then the target.
    package var people: [String]
    package var begun: Date
    /// Bits of the seed.
    package var seed: Int64
    /// The training recipe as JSON.
    package var recipe: String
    package var device: String
    /// Iterations of the checkpoint from which this run was resumed; `nil` for a run from the beginning.
    package var resumedFrom: Int?

    package init(
        architecture: String, people: [String], begun: Date = Date(), seed: UInt64, recipe: String,
        device: String, resumedFrom: Int?
    ) {
        (self.architecture, self.people, self.begun) = (architecture, people, begun)
        (self.seed, self.recipe, self.device) = (Int64(bitPattern: seed), recipe, device)
        self.resumedFrom = resumedFrom
    }

    package mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

/// Metrics of a training at one iteration.
package struct TrainingPoint: Sendable, Equatable {
    /// ID of the run; 0 until stored.
    package var run: Int64 = 0
    /// Iterations and training time in seconds, over all runs of the model.
    package var iteration: Int
    package var seconds: Double
    package var figures: [TrainingFigure: Double]

    package init(iteration: Int, seconds: Double, figures: [TrainingFigure: Double]) {
        (self.iteration, self.seconds) = (iteration, seconds)
        self.figures = figures.filter { $0.value.isFinite }
    }

    /// Whether the model was validated here; otherwise there are only metrics of training steps.
    package var isExamination: Bool { figures[.heldOutError] != nil }
}

/// Name of a metric in the index and in `--json` output.
package struct TrainingFigure: RawRepresentable, Codable, CodingKeyRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Training error of a person inside the mask: source, target, third person.
    package static func loss(ofPerson index: Int) -> TrainingFigure {
        TrainingFigure(
            rawValue: index < 2 ? ["loss_source", "loss_target"][index] : "loss_person_\(index + 1)")
    }
    /// Validation: mean absolute error inside the mask, 0…1, and SSIM, on held-out faces.
    package static let heldOutError = TrainingFigure(rawValue: "held_out")
    package static let heldOutSimilarity = TrainingFigure(rawValue: "held_out_ssim")
    /// Test: the same on the held-out test faces, at the end of a run.
    package static let testError = TrainingFigure(rawValue: "test")
    package static let testSimilarity = TrainingFigure(rawValue: "test_ssim")
    package static let learningRate = TrainingFigure(rawValue: "learning_rate")
    package static let stepsPerSecond = TrainingFigure(rawValue: "iterations_per_second")
    /// Swaps of held-out target faces: cosine similarities to source and target (face recognition).
    package static let swapToSource = TrainingFigure(rawValue: "swap_to_source")
    package static let swapToTarget = TrainingFigure(rawValue: "swap_to_target")
    /// Pose error between swapped and target face, in degrees.
    package static let swapPoseError = TrainingFigure(rawValue: "swap_pose_error")
    /// Correlations of expression between swapped and target face.
    package static let swapEyes = TrainingFigure(rawValue: "swap_eyes")
    package static let swapMouth = TrainingFigure(rawValue: "swap_mouth")
    /// Score for the choice of the best model.
    package static let swapScore = TrainingFigure(rawValue: "swap_score")
    /// Rollback: iteration at which the training returned to an earlier checkpoint because the loss was not finite or had
    /// jumped, and the learning rate from there on as a fraction of the recipe's.
    package static let wentBackFrom = TrainingFigure(rawValue: "went_back_from")
    package static let slowed = TrainingFigure(rawValue: "slowed")
}
