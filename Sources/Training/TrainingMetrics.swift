import Architectures
import Workspace

/// What a training learns of itself: figures that go into the history, where the error is heading, and which model
/// was best.
package struct TrainingMetrics {
    /// Takes each point; whoever composes the stages writes it down.
    package var record: (TrainingPoint) throws -> Void = { _ in }
    /// Takes the run that begins where the training goes back to, and its first point.
    package var recordReturn: (TrainingRun, TrainingPoint) throws -> Void = { _, _ in }
    /// The number of the run, which tells its points from earlier ones.
    private var run: Int64 = 0
    private var looks: [ConvergenceEstimate.Point] = []
    /// The trend of the held-out error at the last look.
    package private(set) var trend: ConvergenceEstimate?
    /// Since which second each look has found the training to gain nothing more.
    private var settledSince: Double?
    /// What was told last, and when.
    private var told: (verdict: ConvergenceEstimate.Verdict, seconds: Double)?
    /// The best model so far, and at which iteration and second it was best.
    private(set) var best: Best?

    package struct Best: Sendable, Codable, Equatable {
        package var iterations: Int
        package var seconds: Double
        package var score: Double
    }

    package init() {}

    /// Takes what earlier runs of the model found; its last run is the one that begins now.
    package mutating func recall(_ history: TrainingHistory) {
        looks = history.series(.heldOutError).map {
            ConvergenceEstimate.Point(seconds: $0.seconds, error: $0.value, run: $0.run)
        }
        run = history.runs.last?.id ?? 0
        trend = looks.isEmpty ? nil : ConvergenceEstimate(looks)
    }

    /// Notes that the training goes back to a checkpoint: what it found since then no longer counts.
    ///
    /// - Parameters:
    ///   - run: the run that begins there.
    ///   - seconds: what the checkpoint had been trained.
    mutating func goBack(_ run: TrainingRun, _ point: TrainingPoint, to seconds: Double) throws {
        try recordReturn(run, point)
        looks.removeAll { $0.seconds > seconds }
        self.run += 1
        (trend, settledSince) = (looks.isEmpty ? nil : ConvergenceEstimate(looks), nil)
    }

    /// Whether there has been no gain for a tenth of the time, and two minutes: a single look can find a plateau by chance,
    /// and there are many looks.
    var isSettled: Bool {
        guard let settledSince, let now = looks.last?.seconds else { return false }
        return now - settledSince >= max(120, 0.1 * now)
    }

    mutating func recall(best: Best?) { self.best = best }

    /// Notes a look at the model.
    ///
    /// - Returns: why the model is the best so far; nil when it is not.
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

    /// How it goes, in words without a last full stop; empty where nothing is known.
    package func remark(seconds: Double) -> String {
        [trend?.sentence, best.flatMap { Self.words($0, seconds: seconds) }].compactMap { $0 }
            .joined(separator: "; ")
    }

    /// The remark, when it says something new: another verdict, or the same after a tenth of the time and ten minutes.
    mutating func news(seconds: Double) -> String? {
        guard let trend, trend.verdict != .tooEarly else { return nil }
        if let told, told.verdict == trend.verdict, seconds - told.seconds < max(600, 0.1 * seconds) {
            return nil
        }
        told = (trend.verdict, seconds)
        return remark(seconds: seconds)
    }

    /// When the best model was, if that is a while ago.
    private static func words(_ best: Best, seconds: Double) -> String? {
        let ago = seconds - best.seconds
        return ago > max(120, 0.1 * seconds)
            ? "the best swaps were \(ConvergenceEstimate.words(ago)) ago" : nil
    }
}

extension TrainingHistory {
    /// Where the held-out error was heading at the end; nil where nothing was looked at.
    package var trend: ConvergenceEstimate? {
        var metrics = TrainingMetrics()
        metrics.recall(self)
        return metrics.trend
    }

    /// How the training went, in words: its trend, and when swaps were best.
    package var remark: String {
        var metrics = TrainingMetrics()
        metrics.recall(self)
        if let best = greatest(.swapScore), let score = best.figures[.swapScore] {
            metrics.recall(best: .init(iterations: best.iteration, seconds: best.seconds, score: score))
        }
        return metrics.remark(seconds: points.map(\.seconds).max() ?? 0)
    }
}
