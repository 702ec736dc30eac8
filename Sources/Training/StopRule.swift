/// When a training ends: at the first of these that is reached. Counted over all runs of the same model.
package struct StopRule: Sendable, Codable, Equatable {
    package var minutes: Double?
    package var iterations: Int?
    /// Mean absolute error on held-out frames, 0…1.
    package var targetError: Double?
    /// Whether a plateau ends it, or a growing error: one that has lasted (`TrainingMetrics.isSettled`).
    package var untilPlateau = false

    /// No plateau is believed before so many minutes of training.
    package static let fewestMinutes = 10.0

    package init(
        minutes: Double? = nil, iterations: Int? = nil, targetError: Double? = nil, untilPlateau: Bool = false
    ) {
        self.minutes = minutes
        self.iterations = iterations
        self.targetError = targetError
        self.untilPlateau = untilPlateau
    }

    /// Share of the training that is done, 0…1, which the learning rate follows. An error that is to be
    /// reached says nothing of the way left, and the rate stays.
    func progress(iterations done: Int, seconds: Double) -> Double {
        let byTime = minutes.map { seconds / max(1e-9, $0 * 60) } ?? 0
        let byCount = iterations.map { Double(done) / Double(max(1, $0)) } ?? 0
        return min(1, max(byTime, byCount))
    }

    func isReached(iterations done: Int, seconds: Double, error: Double?, settled: Bool = false) -> Bool {
        if progress(iterations: done, seconds: seconds) >= 1 { return true }
        if let targetError, let error, error <= targetError { return true }
        return untilPlateau && settled && seconds >= Self.fewestMinutes * 60
    }

    /// Seconds still to go; nil where nobody knows.
    func remaining(iterations done: Int, seconds: Double, rate: Double) -> Double? {
        let byTime = minutes.map { $0 * 60 - seconds }
        let byCount = iterations.map { Double($0 - done) / max(1e-9, rate) }
        return [byTime, byCount].compactMap { $0 }.min().map { max(0, $0) }
    }
}
