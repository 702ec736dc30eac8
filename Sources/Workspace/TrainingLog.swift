/// Writes the metrics of a running training to the index.
///
/// Writes at most once a second, in one small transaction; after the first hour once per 1/3600 of the training time, so that
/// days give about twenty thousand rows. Metrics of points in between are averaged into the next one. Validation points are
/// all kept.
package final class TrainingLog {
    package let run: TrainingRun
    private let index: Index
    private var written: ContinuousClock.Instant?
    /// Validation points and the mean of all other points since the last write.
    private var waiting: [TrainingPoint] = []
    private var steps: [TrainingPoint] = []
    private var lastSeconds = -Double.infinity

    /// Stores the run.
    package init(_ index: Index, _ run: TrainingRun) throws {
        self.index = index
        self.run = try index.begin(run)
    }

    package func note(_ point: TrainingPoint, at now: ContinuousClock.Instant = .now) throws {
        if point.isExamination { waiting.append(point) } else { steps.append(point) }
        let isDue = point.seconds - lastSeconds >= max(1, point.seconds / 3600)
        let isFree = written.map { now - $0 >= .seconds(1) } ?? true
        guard isFree, isDue || !waiting.isEmpty else { return }
        try write(steps: isDue)
        written = now
    }

    /// Adds a point that must not be averaged with others, such as a rollback.
    package func mark(_ point: TrainingPoint) throws {
        waiting.append(point)
        try write(steps: false)
    }

    /// Writes pending points at the end of the run.
    package func close() throws { try write(steps: true) }

    private func write(steps wanted: Bool) throws {
        if wanted, let mean = Self.mean(of: steps) {
            waiting.append(mean)
            lastSeconds = mean.seconds
            steps = []
        }
        guard !waiting.isEmpty, let id = run.id else { return }
        try index.enter(waiting, of: id)
        waiting = []
    }

    /// Mean metrics, with iteration and time of the last point.
    static func mean(of points: [TrainingPoint]) -> TrainingPoint? {
        guard var result = points.last else { return nil }
        var counts: [TrainingFigure: Double] = [:]
        result.figures = [:]
        for (figure, value) in points.lazy.flatMap(\.figures) {
            result.figures[figure, default: 0] += value
            counts[figure, default: 0] += 1
        }
        for (figure, count) in counts { result.figures[figure, default: 0] /= count }
        return result
    }
}
