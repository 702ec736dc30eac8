import Foundation
import GRDB

/// One run of a training: from its beginning, or from a checkpoint, to wherever it ended.
package struct TrainingRun: Sendable, Equatable, Codable, FetchableRecord, MutablePersistableRecord {
    package static let databaseTableName = "trainingRun"

    package var id: Int64?
    /// The first run of the model; all that go on with it share the number.
    package var model: Int64?
    package var architecture: String
    /// Names of the people's sets: the source first, then the target.
    package var people: [String]
    package var begun: Date
    /// The seed's bits.
    package var seed: Int64
    /// How the network learns, as JSON.
    package var recipe: String
    package var device: String
    /// Iterations that the checkpoint had which this run went on from; nil for a run from the beginning.
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

/// Figures of a training at one moment.
package struct TrainingPoint: Sendable, Equatable {
    /// The run that it is from; 0 until it is entered.
    package var run: Int64 = 0
    /// Iterations done, and seconds trained, over all runs of the model.
    package var iteration: Int
    package var seconds: Double
    package var figures: [TrainingFigure: Double]

    package init(iteration: Int, seconds: Double, figures: [TrainingFigure: Double]) {
        (self.iteration, self.seconds) = (iteration, seconds)
        self.figures = figures.filter { $0.value.isFinite }
    }

    /// Whether the model was looked at here; else there are only figures of the steps.
    package var isExamination: Bool { figures[.heldOutError] != nil }
}

/// A figure's name, as the index and `--json` write it.
package struct TrainingFigure: RawRepresentable, Codable, CodingKeyRepresentable, Sendable, Hashable {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A person's error inside the mask on the faces of the steps: the source's, the target's, a third person's.
    package static func loss(ofPerson index: Int) -> TrainingFigure {
        TrainingFigure(
            rawValue: index < 2 ? ["loss_source", "loss_target"][index] : "loss_person_\(index + 1)")
    }
    /// Mean absolute error inside the mask on the held-out faces for validation, 0…1, and their structural similarity there.
    package static let heldOutError = TrainingFigure(rawValue: "held_out")
    package static let heldOutSimilarity = TrainingFigure(rawValue: "held_out_ssim")
    /// The same on the held-out faces for the report, once a run has ended.
    package static let testError = TrainingFigure(rawValue: "test")
    package static let testSimilarity = TrainingFigure(rawValue: "test_ssim")
    package static let learningRate = TrainingFigure(rawValue: "learning_rate")
    package static let stepsPerSecond = TrainingFigure(rawValue: "iterations_per_second")
    /// Swaps of held-out target faces: the recogniser's cosines to the source and to the target.
    package static let swapToSource = TrainingFigure(rawValue: "swap_to_source")
    package static let swapToTarget = TrainingFigure(rawValue: "swap_to_target")
    /// Degrees that the swapped head is turned other than the target's.
    package static let swapPoseError = TrainingFigure(rawValue: "swap_pose_error")
    /// Correlations of the swapped face's expression with the target's.
    package static let swapEyes = TrainingFigure(rawValue: "swap_eyes")
    package static let swapMouth = TrainingFigure(rawValue: "swap_mouth")
    /// What the best model is chosen by.
    package static let swapScore = TrainingFigure(rawValue: "swap_score")
    /// The iteration from which the training went back to an earlier checkpoint, because its error was no number any more
    /// or had jumped, and the share of the recipe's learning rate from there on.
    package static let wentBackFrom = TrainingFigure(rawValue: "went_back_from")
    package static let slowed = TrainingFigure(rawValue: "slowed")
}
