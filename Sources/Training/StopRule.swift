/// Stopping criteria: training ends at the first one that is met. Counted over all runs of the same model.
package struct StopRule: Sendable, Codable, Equatable {
    package var minutes: Double?
    package var iterations: Int?
    /// Mean absolute error on validation faces, 0…1.
    package var targetError: Double?
    /// Whether training ends at a plateau or at an increasing error that has lasted
    /// (`TrainingMetrics.isSettled`).
    package var untilPlateau = false

    /// Minimum training time in minutes before a plateau is accepted.
    package static let fewestMinutes = 10.0

    package init(
        minutes: Double? = nil, iterations: Int? = nil, targetError: Double? = nil, untilPlateau: Bool = false
    ) {
        self.minutes = minutes
        self.iterations = iterations
        self.targetError = targetError
        self.untilPlateau = untilPlateau
    }

    /// Fraction of the training that is done, 0…1, which determines the learning rate. A target error allows
    /// no estimate of the remaining time, and the rate stays constant.
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

    /// Estimated remaining seconds; `nil` if unknown.
    func remaining(iterations done: Int, seconds: Double, rate: Double) -> Double? {
        let byTime = minutes.map { $0 * 60 - seconds }
        let byCount = iterations.map { Double($0 - done) / max(1e-9, rate) }
        return [byTime, byCount].compactMap { $0 }.min().map { max(0, $0) }
    }
}
