import Commands
import Foundation
import Media
import Pictures
import Training
import Workspace

/// A training as a terminal shows it: where it stands, its curves, the newest preview.
struct TrainingView {
    private let history: TrainingHistory
    private let workspace: Workspace
    private static let width = 72

    init(_ history: TrainingHistory, workspace: Workspace) {
        (self.history, self.workspace) = (history, workspace)
    }

    private var last: TrainingPoint? { history.points.last }

    /// The newest value of a figure.
    private func newest(_ figure: TrainingFigure) -> Double? {
        history.points.last { $0.figures[figure] != nil }?.figures[figure]
    }

    /// Where it stands, for programs.
    var event: ProgressEvent {
        var values = ["iteration": Double(last?.iteration ?? 0), "seconds": last?.seconds ?? 0]
        for figure in [
            TrainingFigure.heldOutError, .heldOutSimilarity, .swapScore, .learningRate, .stepsPerSecond,
            .loss(ofPerson: 0), .loss(ofPerson: 1),
        ] {
            values[figure.rawValue] = newest(figure)
        }
        values["returns"] = Double(history.returns.count)
        values["checkpoint_age"] = age(of: workspace.checkpointFile)
        return ProgressEvent(stage: "watch", message: "training", values: values)
    }

    func text(withPreview: Bool) -> String {
        var parts = [
            heading, curve("held-out error", .heldOutError),
            curve("error in training, source", .loss(ofPerson: 0)),
            curve("swap score", .swapScore),
        ]
        if withPreview { parts.append(preview) }
        return parts.compactMap { $0 }.joined(separator: "\n\n")
    }

    private var heading: String {
        guard let run = history.runs.last else { return "" }
        var lines = ["\(run.architecture), \(run.people.joined(separator: " → ")), on \(run.device)"]
        let pace = newest(.stepsPerSecond).map { ", \(ProgressEvent.number($0)) steps a second" } ?? ""
        lines.append(
            "iteration \(last?.iteration ?? 0) after \(ProgressEvent.duration(last?.seconds ?? 0)) of training\(pace)"
        )
        if let saved = age(of: workspace.checkpointFile) {
            lines.append(
                "last checkpoint \(ProgressEvent.duration(saved)) ago; history written "
                    + "\(ProgressEvent.duration(age(of: workspace.folder.appending(path: "dimorph.sqlite")) ?? 0)) ago"
            )
        }
        if !history.remark.isEmpty { lines.append(history.remark) }
        if let point = history.returns.last, let share = point.figures[.slowed] {
            lines.append(
                "went back \(history.returns.count) times, last to iteration \(point.iteration); learning rate "
                    + "\(Trend.percent(share)) of the recipe's")
        }
        return lines.joined(separator: "\n")
    }

    private func curve(_ title: String, _ figure: TrainingFigure) -> String? {
        let series = history.series(figure)
        guard series.count > 1 else { return nil }
        let curve = TerminalCurve(points: series.map { ($0.seconds, $0.value) }, width: Self.width, height: 6)
        return "\(title): \(String(format: "%.4f", series[series.count - 1].value))\n\(curve.text)"
    }

    /// The newest preview in coloured half blocks, and where it lies.
    private var preview: String? {
        let file = workspace.newestPreview
        guard let picture = try? PictureFile.read(file) else { return nil }
        return TerminalPicture(picture, width: Self.width).text + "\n\(file.path)"
    }

    /// Seconds since a file was written; nil where there is none.
    private func age(of file: URL) -> Double? {
        let date = try? FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        return date.map { max(0, -$0.timeIntervalSinceNow) }
    }
}
