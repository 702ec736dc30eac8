import Architectures
import Foundation
import NeuralNetworks
import Tensors
import Workspace

/// Gathers the errors of steps and tells of them about once a second, without waiting for the device in between.
final class StepReports {
    private let stop: StopRule
    private let rate: LearningRate
    private let progress: ProgressHandler
    private var sums: Tensor?
    /// Iterations at the last report, and when it was.
    private var reported: Int
    private var last = ContinuousClock.now
    /// Seconds since then that went to looks and not to steps.
    private var away = 0.0

    init(stop: StopRule, rate: LearningRate, from iterations: Int, progress: @escaping ProgressHandler) {
        (self.stop, self.rate, self.progress) = (stop, rate, progress)
        reported = iterations
    }

    /// - Parameter errors: each person's, `[P]`.
    func add(_ errors: Tensor) throws { sums = try sums.map { try $0 + errors } ?? errors }

    /// Leaves out of the pace what a look took.
    func leaveOut(seconds: Double) { away += seconds }

    var isDue: Bool { (ContinuousClock.now - last) >= .seconds(1) }

    /// One line of figures: the errors are means since the last line.
    ///
    /// - Throws: `TrainingError.diverged`, and what `diary` throws.
    func report(_ card: ModelCard, to diary: inout TrainingDiary) throws {
        let now = ContinuousClock.now
        let steps = card.iterations - reported
        let pace = Double(steps) / max(1e-9, (now - last) / .seconds(1) - away)
        let sums = sums
        (last, reported, self.sums, away) = (now, card.iterations, nil, 0)
        guard let sums, steps > 0 else { return }
        let errors = try (sums / Double(steps)).values(as: Float.self).map(Double.init)
        guard errors.allSatisfy(\.isFinite) else {
            throw TrainingError(
                .diverged,
                "The training has diverged at iteration \(card.iterations): run again, it goes on from the last checkpoint"
            )
        }
        let progressed = stop.progress(iterations: card.iterations, seconds: card.seconds)
        var figures: [TrainingFigure: Double] = [
            .stepsPerSecond: pace,
            .learningRate: rate.rate(step: card.iterations - 1, progress: progressed),
        ]
        for (person, error) in errors.enumerated() { figures[.loss(ofPerson: person)] = error }
        try diary.record(
            TrainingPoint(iteration: card.iterations, seconds: card.seconds, figures: figures))
        var values = Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) })
        values["iteration"] = Double(card.iterations)
        values["held_out"] = card.heldOutError
        values["gain_per_hour"] = diary.trend?.gain
        progress(
            ProgressEvent(
                stage: "train", fraction: progressed,
                remaining: stop.remaining(iterations: card.iterations, seconds: card.seconds, rate: pace),
                values: values))
    }
}
