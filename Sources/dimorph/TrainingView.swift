import Commands
import Foundation
import Media
import Pictures
import Training
import Workspace

/// Terminal view of a training run: progress, curves and the newest preview.
struct TrainingView {
    private let history: TrainingHistory
    private let workspace: Workspace
    private static let widest = 100

    init(_ history: TrainingHistory, workspace: Workspace) {
        (self.history, self.workspace) = (history, workspace)
    }

    private var last: TrainingPoint? { history.points.last }

    /// The newest value of a metric.
    private func newest(_ figure: TrainingFigure) -> Double? {
        history.points.last { $0.figures[figure] != nil }?.figures[figure]
    }

    /// The progress as an event for `--json`.
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

    /// Heading, curves and, if it fits, the preview.
    ///
    /// - Parameters:
    ///   - size: size of the terminal; the height of the curves and the width of the preview are reduced to fit.
    ///   - withPreview: whether to include the preview.
    func text(in size: TerminalSize, withPreview: Bool) -> String {
        let width = min(size.columns - 1, Self.widest)
        if withPreview, let picture = try? PictureFile.read(workspace.newestPreview) {
            let name = "\n" + workspace.newestPreview.path
            for height in (3...6).reversed() {
                let text = figures(width: width, height: height)
                let left = size.rows - 1 - Self.lines(text + "\n" + name, width: size.columns)
                guard left >= Self.fewestPreviewLines else { continue }
                let shown = min(width, left * 2 * picture.width / max(1, picture.height))
                return text + "\n\n" + TerminalPicture(picture, width: shown).text + name
            }
        }
        let texts = (2...6).reversed().map { figures(width: width, height: $0) }
        return texts.first { Self.lines($0, width: size.columns) < size.rows } ?? texts[texts.count - 1]
    }

    /// Previews with fewer lines are not recognisable.
    private static let fewestPreviewLines = 8

    private func figures(width: Int, height: Int) -> String {
        ([heading] + curves(width: width, height: height)).joined(separator: "\n\n")
    }

    private func curves(width: Int, height: Int) -> [String] {
        func curve(_ title: String, _ figure: TrainingFigure) -> String? {
            let series = history.series(figure)
            guard series.count > 1 else { return nil }
            let curve = TerminalCurve(
                points: series.map { ($0.seconds, $0.value) }, width: width, height: height)
            return "\(title): \(String(format: "%.4f", series[series.count - 1].value))\n\(curve.text)"
        }
        return [
            curve("held-out error", .heldOutError),
            curve("error in training, source", .loss(ofPerson: 0)), curve("swap score", .swapScore),
        ].compactMap { $0 }
    }

    /// Number of terminal lines of a text, with line wrapping.
    private static func lines(_ text: String, width: Int) -> Int {
        text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) {
            $0 + max(1, ($1.count + width - 1) / width)
        }
    }

    private var heading: String {
        guard let run = history.runs.last else { return "" }
        var lines = ["\(run.architecture), \(run.people.joined(separator: " → ")), on \(run.device)"]
        let pace = newest(.stepsPerSecond).map { ", \(ProgressEvent.number($0)) steps/s" } ?? ""
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
                "\(history.returns.count) rollbacks, last to iteration \(point.iteration); learning rate "
                    + "\(ConvergenceEstimate.percent(share)) of the recipe's value")
        }
        return lines.joined(separator: "\n")
    }

    /// Seconds since a file was written; `nil` if it does not exist.
    private func age(of file: URL) -> Double? {
        let date = try? FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        return date.map { max(0, -$0.timeIntervalSinceNow) }
    }
}
