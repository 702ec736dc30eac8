import Architectures
import Foundation
import NeuralNetworks
import Tensors
import Workspace

/// Collects per-step losses, checks them for divergence and reports them about once a second, without
/// synchronising with the device in between.
final class StepStatistics {
    private let stop: StopRule
    private let progress: ProgressHandler
    private let processGroup: (any ProcessGroup)?
    /// Losses that are still on the device, a tensor `[P]` per step.
    private var pending: [Tensor] = []
    /// Sums of each person's losses since the last report, and number of steps.
    private var sums: [Double] = []
    private var steps = 0
    private var watch = DivergenceDetector()
    private var last = ContinuousClock.now
    /// Seconds since then that were spent on validation.
    private var away = 0.0

    /// - Parameter ranks: process group over which losses are averaged, so that all ranks take the same
    ///   decisions.
    init(stop: StopRule, progress: @escaping ProgressHandler, processGroup: (any ProcessGroup)? = nil) {
        (self.stop, self.progress, self.processGroup) = (stop, progress, processGroup)
    }

    /// - Parameter errors: each person's loss, `[P]`.
    func add(_ errors: Tensor) { pending.append(errors) }

    /// Excludes the time of a validation from the speed.
    func leaveOut(seconds: Double) { away += seconds }

    var isDue: Bool { (ContinuousClock.now - last) >= .seconds(1) }

    /// Whether the result of the last step should not be saved yet.
    var isSuspicious: Bool { watch.isSuspicious }

    /// Copies the losses of all steps so far to the host and checks each for divergence.
    ///
    /// - Parameter iterations: number of completed iterations.
    /// - Returns: the kind of divergence at the first diverged step; `nil` if there is none.
    func inspect(iterations: Int) throws -> DivergenceDetector.Finding? {
        guard let people = pending.first?.count else { return nil }
        var values = try concatenated(pending, axis: 0).values(as: Float.self).map(Double.init)
        if let processGroup { values = try processGroup.sum(values).map { $0 / Double(processGroup.count) } }
        let first = iterations - pending.count
        pending = []
        if sums.isEmpty { sums = [Double](repeating: 0, count: people) }
        for (index, start) in stride(from: 0, to: values.count, by: people).enumerated() {
            let errors = values[start..<start + people]
            let mean = errors.reduce(0, +) / Double(people)
            if let finding = watch.add(mean, iteration: first + index) { return finding }
            for (person, error) in errors.enumerated() { sums[person] += error }
            steps += 1
        }
        return nil
    }

    /// Resets the statistics after training was rolled back.
    func forget() {
        watch.forget()
        (pending, sums, steps, away, last) = ([], [], 0, 0, .now)
    }

    /// Reports the means of the losses since the last report.
    ///
    /// - Parameter rate: current learning rate.
    /// - Throws: what `diary` throws.
    func report(_ card: ModelCard, rate: LearningRate, to metrics: inout TrainingMetrics) throws {
        let now = ContinuousClock.now
        let pace = Double(steps) / max(1e-9, (now - last) / .seconds(1) - away)
        let errors = sums.map { $0 / Double(max(1, steps)) }
        let isEmpty = steps == 0
        (last, sums, steps, away) = (now, [], 0, 0)
        guard !isEmpty else { return }
        let progressed = stop.progress(iterations: card.iterations, seconds: card.seconds)
        var figures: [TrainingFigure: Double] = [
            .stepsPerSecond: pace,
            .learningRate: rate.rate(step: card.iterations - 1, progress: progressed),
        ]
        for (person, error) in errors.enumerated() { figures[.loss(ofPerson: person)] = error }
        try metrics.record(
            TrainingPoint(iteration: card.iterations, seconds: card.seconds, figures: figures))
        var values = Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) })
        values["iteration"] = Double(card.iterations)
        values["held_out"] = card.heldOutError
        values["gain_per_hour"] = metrics.trend?.gain
        progress(
            ProgressEvent(
                stage: "train", fraction: progressed,
                remaining: stop.remaining(iterations: card.iterations, seconds: card.seconds, rate: pace),
                values: values))
    }
}
