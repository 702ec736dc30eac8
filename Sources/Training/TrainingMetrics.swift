import Architectures
import Workspace

/// Metrics of a training: history points, the trend of the validation error, and the best model.
package struct TrainingMetrics {
    /// Receives each point; the caller stores it.
    package var record: (TrainingPoint) throws -> Void = { _ in }
    /// Receives the new run after a rollback, and its first point.
    package var recordReturn: (TrainingRun, TrainingPoint) throws -> Void = { _, _ in }
    /// Index of the run, which distinguishes its points from earlier ones.
    private var run: Int64 = 0
    private var looks: [ConvergenceEstimate.Point] = []
    /// Trend of the validation error at the last validation.
    package private(set) var trend: ConvergenceEstimate?
    /// Second from which each validation has found a plateau or an increasing error.
    private var settledSince: Double?
    /// The last reported verdict, and its time.
    private var lastRemark: (verdict: ConvergenceEstimate.Verdict, seconds: Double)?
    /// The best model so far, with its iteration and training time.
    private(set) var best: Best?

    package struct Best: Sendable, Codable, Equatable {
        package var iterations: Int
        package var seconds: Double
        package var score: Double
    }

    package init() {}

    /// Loads the history of earlier runs; its last run is the current one.
    package mutating func recall(_ history: TrainingHistory) {
        looks = history.series(.heldOutError).map {
            ConvergenceEstimate.Point(seconds: $0.seconds, error: $0.value, run: $0.run)
        }
        run = history.runs.last?.id ?? 0
        trend = looks.isEmpty ? nil : ConvergenceEstimate(looks)
    }

    /// Records a rollback to a checkpoint: later points are no longer valid.
    ///
    /// - Parameters:
    ///   - run: the run that begins at the checkpoint.
    ///   - seconds: training time of the checkpoint.
    mutating func goBack(_ run: TrainingRun, _ point: TrainingPoint, to seconds: Double) throws {
        try recordReturn(run, point)
        looks.removeAll { $0.seconds > seconds }
        self.run += 1
        (trend, settledSince) = (looks.isEmpty ? nil : ConvergenceEstimate(looks), nil)
    }

    /// Whether there has been no gain for a tenth of the time, and for two minutes: with many validations, a
    /// single one can find a plateau by chance.
    var isSettled: Bool {
        guard let settledSince, let now = looks.last?.seconds else { return false }
        return now - settledSince >= max(120, 0.1 * now)
    }

    mutating func recall(best: Best?) { self.best = best }

    /// Records a validation of the model.
    ///
    /// - Returns: the reason if the model is the best so far; `nil` otherwise.
    mutating func look(
        _ card: ModelCard, heldOut: Validator.HeldOut?, swaps: SwapFigures?
    ) throws -> ModelCard.Merit? {
        guard let heldOut else { return nil }
        let score = swaps?.score(structure: heldOut.similarity)
        var figures = swaps?.named ?? [:]
        figures[.heldOutError] = heldOut.error
        figures[.heldOutSimilarity] = heldOut.similarity
        figures[.swapScore] = score
        try record(TrainingPoint(iteration: card.iterations, seconds: card.seconds, figures: figures))
        looks.append(ConvergenceEstimate.Point(seconds: card.seconds, error: heldOut.error, run: run))
        let trend = ConvergenceEstimate(looks)
        self.trend = trend
        let gainsNothing = trend.verdict == .plateau || trend.verdict == .worsening
        settledSince = gainsNothing ? settledSince ?? card.seconds : nil
        guard let score, score > best?.score ?? -1 else { return nil }
        best = Best(iterations: card.iterations, seconds: card.seconds, score: score)
        return ModelCard.Merit(
            score: score, reason: Self.reason,
            figures: Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) }))
    }

    static let reason =
        "greatest of cosine to the source over the source's own × mean concordance of eyes and mouth with the target × SSIM on "
        + "held-out faces"

    /// The state of training as text without a final full stop; empty if nothing is known.
    package func remark(seconds: Double) -> String {
        [trend?.sentence, best.flatMap { Self.words($0, seconds: seconds) }].compactMap { $0 }
            .joined(separator: "; ")
    }

    /// The remark, if it is new: a different verdict, or the same one after a tenth of the time and ten
    /// minutes.
    mutating func news(seconds: Double) -> String? {
        guard let trend, trend.verdict != .tooEarly else { return nil }
        if let lastRemark, lastRemark.verdict == trend.verdict,
            seconds - lastRemark.seconds < max(600, 0.1 * seconds)
        {
            return nil
        }
        lastRemark = (trend.verdict, seconds)
        return remark(seconds: seconds)
    }

    /// Time since the best model, if it is significant.
    private static func words(_ best: Best, seconds: Double) -> String? {
        let ago = seconds - best.seconds
        return ago > max(120, 0.1 * seconds)
            ? "the best swaps were \(ConvergenceEstimate.words(ago)) ago" : nil
    }
}

extension TrainingHistory {
    /// Final trend of the validation error; `nil` if there was no validation.
    package var trend: ConvergenceEstimate? {
        var metrics = TrainingMetrics()
        metrics.recall(self)
        return metrics.trend
    }

    /// Summary of the training as text: its trend, and the time of the best swaps.
    package var remark: String {
        var metrics = TrainingMetrics()
        metrics.recall(self)
        if let best = greatest(.swapScore), let score = best.figures[.swapScore] {
            metrics.recall(best: .init(iterations: best.iteration, seconds: best.seconds, score: score))
        }
        return metrics.remark(seconds: points.map(\.seconds).max() ?? 0)
    }
}
