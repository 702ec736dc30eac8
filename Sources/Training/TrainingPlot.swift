import Foundation
import Pictures
import Workspace

/// Plots of a training over its duration: losses, swap metrics, and head pose error.
package struct TrainingPlot: Sendable {
    private let history: TrainingHistory
    /// Footer below the plots.
    private let remark: String

    /// Maximum number of points per line; more are averaged.
    static let most = 300

    package init(_ history: TrainingHistory) {
        self.history = history
        remark = history.remark
    }

    package func picture(width: Int = 1200) -> Picture {
        let scale = max(1, width / 600)
        let panels = panels
        let heights = panels.map { $0.height * scale }
        let line = 12 * scale
        var sheet = Picture(
            width: width, height: heights.reduce(3 * line, +) + line / 2, Colour.paper)
        sheet.write(heading, x: 12, y: line / 2, scale: scale)
        var y = line + line / 2
        for (panel, height) in zip(panels, heights) {
            var plot = panel.plot
            (plot.scale, plot.marks, plot.xLabel) = (scale, marks, "\(unit.name) of training")
            plot.margin = 40 * scale
            plot.span = 0...max(end / unit.seconds, 1e-3)
            sheet.paste(plot.picture(width: width, height: height), x: 0, y: y)
            y += height
        }
        let letters = max(1, (width - 24) / (BitmapFont.advance * scale))
        sheet.write(String(remark.prefix(letters)), x: 12, y: y + line / 2, scale: scale)
        return sheet
    }

    private var heading: String {
        guard let run = history.runs.last else { return "no training yet" }
        let iterations = history.points.map(\.iteration).max() ?? 0
        return "\(run.architecture), \(run.people.joined(separator: " → ")): \(iterations) iterations, "
            + "\(ConvergenceEstimate.words(end)) of training"
    }

    /// A plot, and its height in font pixels.
    private struct Panel {
        let plot: LinePlot
        let height: Int
    }

    private var panels: [Panel] {
        let people = history.runs.last?.people ?? []
        let losses = people.enumerated().map { index, name in
            series("\(name), in training", .loss(ofPerson: index))
        }
        let swaps = [
            series("score", .swapScore), series("cosine to source", .swapToSource),
            series("to target", .swapToTarget), series("eyes", .swapEyes), series("mouth", .swapMouth),
            series("held-out SSIM", .heldOutSimilarity),
        ]
        let errors = LinePlot(
            title: "Error inside the mask", yLabel: "mean absolute, log",
            series: [series("held-out", .heldOutError)] + losses, logarithmic: true)
        let swapped = LinePlot(
            title: "Swaps of held-out faces", yLabel: "1 is best; to target: lower is better", series: swaps,
            shows: 0...1)
        let pose = LinePlot(
            title: "Head turned other than the target's", yLabel: "degrees",
            series: [series("pose error", .swapPoseError)], shows: 0...1)
        let all = [
            Panel(plot: errors, height: 190), Panel(plot: swapped, height: 210),
            Panel(plot: pose, height: 130),
        ]
        return all.filter { panel in panel.plot.series.contains { !$0.points.isEmpty } }
    }

    /// Times at which runs were resumed.
    private var marks: [Double] {
        history.runs.dropFirst().compactMap { run in
            history.points.first { $0.run == run.id }.map { $0.seconds / unit.seconds }
        }
    }

    private var end: Double { history.points.map(\.seconds).max() ?? 0 }

    private var unit: (name: String, seconds: Double) {
        switch end {
        case ..<180: ("seconds", 1)
        case ..<10_800: ("minutes", 60)
        case ..<259_200: ("hours", 3600)
        default: ("days", 86_400)
        }
    }

    private func series(_ name: String, _ figure: TrainingFigure) -> LinePlot.Series {
        let all = history.series(figure)
        let length = max(1, (all.count + Self.most - 1) / Self.most)
        let points = stride(from: 0, to: all.count, by: length).map { start -> (x: Double, y: Double) in
            let part = all[start..<min(start + length, all.count)]
            let count = Double(part.count)
            let seconds = part.reduce(0) { $0 + $1.seconds } / count
            return (seconds / unit.seconds, part.reduce(0) { $0 + $1.value } / count)
        }
        return LinePlot.Series(name, points)
    }
}
