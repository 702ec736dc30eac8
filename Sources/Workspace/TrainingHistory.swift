/// Training history of a model over all its runs.
package struct TrainingHistory: Sendable, Equatable {
    package var runs: [TrainingRun]
    /// Points, by run and iteration.
    package var points: [TrainingPoint]

    package init(runs: [TrainingRun], points: [TrainingPoint]) {
        (self.runs, self.points) = (runs, points)
    }

    /// Values of a metric over the training time, across runs.
    package func series(_ figure: TrainingFigure) -> [(run: Int64, seconds: Double, value: Double)] {
        points.compactMap { point in
            point.figures[figure].map { (point.run, point.seconds, $0) }
        }
    }

    /// Rollbacks to an earlier checkpoint.
    package var returns: [TrainingPoint] { points.filter { $0.figures[.wentBackFrom] != nil } }

    /// The point with the maximum of a metric; the earliest of equal ones.
    package func greatest(_ figure: TrainingFigure) -> TrainingPoint? {
        points.filter { $0.figures[figure] != nil }.max {
            ($0.figures[figure] ?? 0, -$0.seconds) < ($1.figures[figure] ?? 0, -$1.seconds)
        }
    }
}
