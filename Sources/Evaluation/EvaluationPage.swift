import Foundation
import Media
import Pictures

/// An evaluation as an HTML page: the metrics, their curves over the clip, and the worst frames as pictures. One
/// self-contained file.
package struct EvaluationPage {
    /// Videos whose frames are shown side by side, with their captions.
    private let clips: [(caption: String, url: URL)]
    private let report: EvaluationReport
    private let frames: [FrameMetrics]

    /// Number of worst frames per metric.
    private static let shown = 3
    /// Longest side of a picture.
    private static let side = 360

    /// The metrics by which frames are ranked.
    private struct Measure: Sendable {
        let title: String
        let explanation: String
        let unit: String
        let digits: Int
        let isWorseWhenLow: Bool
        let value: @Sendable (FrameMetrics) -> Double?
    }

    private static let measures = [
        Measure(
            title: "Landmark error", explanation: "mean distance, per cent of the face's width",
            unit: " %",
            digits: 2, isWorseWhenLow: false, value: { $0.landmarkError.map { $0 * 100 } }),
        Measure(
            title: "Expression error", explanation: "mean difference of 51 coefficients", unit: "",
            digits: 3, isWorseWhenLow: false, value: { $0.expressionError }),
        Measure(
            title: "Colour step at the face's edge", explanation: "L*a*b*, relative to the target",
            unit: "",
            digits: 2, isWorseWhenLow: false, value: { $0.edgeStep }),
        Measure(
            title: "Cosine to the source",
            explanation: "cosine of the recogniser's embeddings; the lowest are shown",
            unit: "",
            digits: 2, isWorseWhenLow: true, value: { $0.toSource }),
    ]

    package init(
        report: EvaluationReport, frames: [FrameMetrics], output: URL, target: URL, truth: URL? = nil
    ) {
        (self.report, self.frames) = (report, frames)
        var clips = [(caption: "target", url: target), (caption: "output", url: output)]
        if let truth { clips.append((caption: "truth", url: truth)) }
        self.clips = clips
    }

    /// - Throws: `MediaError` if a video cannot be read, `CancellationError`.
    package func html() throws -> String {
        let worst = Self.measures.map { self.worst(by: $0) }
        let pictures = try self.pictures(of: Set(worst.joined().map(\.number)))
        var body = "<table class=\"figures\">"
        for line in report.lines {
            body += "<tr><th>\(Self.escaped(line.name))</th><td>\(Self.escaped(line.value))</td></tr>"
        }
        body += "</table>"
        for (measure, frames) in zip(Self.measures, worst) where !frames.isEmpty {
            body += "<h2>\(measure.title)</h2><p>\(measure.explanation)</p>\(course(of: measure))"
            for frame in frames { body += row(frame, measure, pictures[frame.number] ?? []) }
        }
        let name = Self.escaped(clips[1].url.lastPathComponent)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Evaluation of \(name)</title>
            <style>\(Self.style)</style></head>
            <body><h1>Evaluation of \(name)</h1>
            <p>The video is judged as a swap: synthetic media, in which a trained model replaces a face. \
            What each figure means: Documentation/Evaluation.md.</p>
            \(body)</body></html>

            """
    }

    private static let style = """
        :root{color-scheme:light dark}
        body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2.2rem 0 0}p{margin:.2rem 0 .8rem;opacity:.75}
        table.figures th{text-align:left;font-weight:400;padding:.1rem 2rem .1rem 0}
        table.figures td{font-variant-numeric:tabular-nums}
        figure{margin:.6rem 0;display:flex;flex-wrap:wrap;gap:.5rem}
        figure img{display:block;flex:0 1 calc(33.3% - .5rem);min-width:0;border-radius:3px}
        figcaption{flex-basis:100%;font-variant-numeric:tabular-nums}
        svg{width:100%;height:90px;display:block}polyline{fill:none;stroke:#3b7dd8;stroke-width:1.5}
        text{font-size:11px;fill:currentColor}
        """

    private func worst(by measure: Measure) -> [FrameMetrics] {
        let known = frames.filter { measure.value($0) != nil }
        func isWorse(_ a: FrameMetrics, _ b: FrameMetrics) -> Bool {
            let (left, right) = (measure.value(a) ?? 0, measure.value(b) ?? 0)
            return left == right ? a.number < b.number : (left < right) == measure.isWorseWhenLow
        }
        // Adjacent frames are similar: frames closer than ten to a selected one are skipped.
        var chosen: [FrameMetrics] = []
        for frame in known.sorted(by: isWorse) where chosen.count < Self.shown {
            if chosen.allSatisfy({ abs($0.number - frame.number) >= 10 }) { chosen.append(frame) }
        }
        return chosen
    }

    /// Frames of all clips as JPEG in base64, by number.
    private func pictures(of numbers: Set<Int>) throws -> [Int: [String]] {
        var result: [Int: [String]] = [:]
        guard let last = numbers.max() else { return result }
        for clip in clips {
            let reader = try VideoReader(clip.url)
            for number in 0...last {
                try Task.checkCancellation()
                guard let frame = try reader.next() else { break }
                guard numbers.contains(number) else { continue }
                let bytes = try PictureFile.encode(
                    frame.scaledPicture(maximumSide: Self.side), as: .jpeg, quality: 90)
                result[number, default: []].append(Data(bytes).base64EncodedString())
            }
        }
        return result
    }

    private func row(_ frame: FrameMetrics, _ measure: Measure, _ pictures: [String]) -> String {
        let value =
            measure.value(frame).map { String(format: "%.\(measure.digits)f", $0) + measure.unit } ?? "–"
        let images = zip(clips, pictures).map { clip, data in
            "<img alt=\"\(clip.caption), frame \(frame.number)\" src=\"data:image/jpeg;base64,\(data)\">"
        }.joined()
        let captions = clips.map(\.caption).joined(separator: ", ")
        return
            "<figure>\(images)<figcaption>frame \(frame.number): \(value) (\(captions))</figcaption></figure>"
    }

    /// The metric over the clip as a line.
    private func course(of measure: Measure) -> String {
        let points = frames.compactMap { frame in measure.value(frame).map { (Double(frame.number), $0) } }
        guard points.count > 1, let first = points.first, let last = points.last else { return "" }
        let (low, high) = (points.map(\.1).min() ?? 0, points.map(\.1).max() ?? 1)
        let (across, up) = (max(1, last.0 - first.0), max(1e-9, high - low))
        let line = points.map { point in
            String(format: "%.1f,%.1f", (point.0 - first.0) / across * 1000, 76 - (point.1 - low) / up * 68)
        }.joined(separator: " ")
        let format = "%.\(measure.digits)f"
        return """
            <svg viewBox="0 0 1000 90" preserveAspectRatio="none" role="img" aria-label="\(measure.title) over the clip">\
            <polyline vector-effect="non-scaling-stroke" points="\(line)"/></svg>\
            <p>from \(String(format: format, low))\(measure.unit) to \(String(format: format, high))\(measure.unit), \
            frames \(Int(first.0)) to \(Int(last.0))</p>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }
}
