/// How the training of a model went, over all its runs.
package struct TrainingHistory: Sendable, Equatable {
    package var runs: [TrainingRun]
    /// By run, then iteration.
    package var points: [TrainingPoint]

    package init(runs: [TrainingRun], points: [TrainingPoint]) {
        (self.runs, self.points) = (runs, points)
    }

    /// A figure over the seconds trained, from run to run.
    package func series(_ figure: TrainingFigure) -> [(run: Int64, seconds: Double, value: Double)] {
        points.compactMap { point in
            point.figures[figure].map { (point.run, point.seconds, $0) }
        }
    }

    /// Where the training went back to an earlier checkpoint.
    package var returns: [TrainingPoint] { points.filter { $0.figures[.wentBackFrom] != nil } }

    /// Where a figure is greatest; the earliest of equals.
    package func greatest(_ figure: TrainingFigure) -> TrainingPoint? {
        points.filter { $0.figures[figure] != nil }.max {
            ($0.figures[figure] ?? 0, -$0.seconds) < ($1.figures[figure] ?? 0, -$1.seconds)
        }
    }
}
