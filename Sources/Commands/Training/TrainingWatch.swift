import Foundation
import Pictures
import Training
import Workspace

/// Records the progress of a training: the index, preview sheets, and optional outputs.
package final class TrainingWatch {
    private let workspace: Workspace
    private var log: TrainingLog
    private let preview: URL
    private let plot: URL?
    private let events: EventFile?
    /// Writes a preview sheet, marked like every picture of a swap.
    private let publish: (Picture, URL) throws -> Void

    /// Optional outputs in addition to the index and the preview.
    package struct Extras {
        var plot: URL?
        var tensorboard: URL?
    }

    init(
        _ workspace: Workspace, run: TrainingRun, preview: URL, extras: Extras,
        publish: @escaping (Picture, URL) throws -> Void
    ) throws {
        (self.workspace, self.preview, plot) = (workspace, preview, extras.plot)
        self.publish = publish
        events = try extras.tensorboard.map {
            try EventFile(in: $0, from: run.resumedFrom.map { $0 + 1 } ?? 0)
        }
        log = try TrainingLog(workspace.index, run)
    }

    func note(_ point: TrainingPoint) throws {
        try log.note(point)
        let figures = point.figures.map { (tag: $0.key.rawValue, value: $0.value) }.sorted { $0.tag < $1.tag }
        try events?.add(figures, step: point.iteration)
    }

    /// Starts a new run after a rollback: later points are no longer valid.
    func goBack(_ run: TrainingRun, _ point: TrainingPoint) throws {
        try log.close()
        log = try TrainingLog(workspace.index, run)
        try log.mark(point)
    }

    func show(_ shown: TrainingPreview) throws {
        let sheet = shown.sheet.picture
        try publish(sheet, preview)
        try events?.add(
            "preview", png: Data(contentsOf: preview), width: sheet.width, height: sheet.height,
            step: shown.iteration)
        try draw()
    }

    func close() throws {
        try log.close()
        try draw()
    }

    private func draw() throws {
        guard let plot, let history = try workspace.index.trainingHistory() else { return }
        try TrainingPlot(history).picture().writePNG(to: plot)
    }
}
