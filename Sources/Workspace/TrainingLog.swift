/// Writes a run's points to the index while it trains.
///
/// At most once a second, in one small transaction; after the first hour once in each 3600th part of the time
/// trained, so that days leave some twenty thousand rows. Points in between are not lost: their figures go into the next
/// one's means. Points at which the model was looked at are all kept.
package final class TrainingLog {
    package let run: TrainingRun
    private let index: Index
    private var written: ContinuousClock.Instant?
    /// Examinations and, as its mean, all else that has come since the last write.
    private var waiting: [TrainingPoint] = []
    private var steps: [TrainingPoint] = []
    private var lastSeconds = -Double.infinity

    /// Enters the run.
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

    /// Enters what must not be joined with other points: something that happened once.
    package func mark(_ point: TrainingPoint) throws {
        waiting.append(point)
        try write(steps: false)
    }

    /// Writes what has not been written: at the end of the run.
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

    /// Means of the figures, at the last point's place.
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
