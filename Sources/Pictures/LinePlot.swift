import Foundation

/// A line plot with a common x axis, such as losses over time, drawn as a picture.
package struct LinePlot: Sendable {
    package struct Series: Sendable {
        package var name: String
        package var points: [(x: Double, y: Double)]

        package init(_ name: String, _ points: [(x: Double, y: Double)]) {
            (self.name, self.points) = (name, points)
        }
    }

    package var title: String
    package var xLabel: String
    /// The label of the y axis.
    package var yLabel: String
    package var series: [Series]
    /// Whether the y axis is logarithmic; values of zero and less are omitted.
    package var logarithmic: Bool
    /// Range that the y axis always includes; extended by the values.
    package var shows: ClosedRange<Double>?
    /// Range that the x axis always includes, so that plots below each other align.
    package var span: ClosedRange<Double>?
    /// Positions on the x axis with a vertical line, such as where a run was resumed.
    package var marks: [Double] = []
    /// Pixels per dot of the font.
    package var scale = 1
    /// Least left margin of the y axis in pixels, extended for the labels; a common value aligns plots below each other.
    package var margin = 56

    package init(
        title: String, xLabel: String = "", yLabel: String = "", series: [Series], logarithmic: Bool = false,
        shows: ClosedRange<Double>? = nil
    ) {
        (self.title, self.xLabel, self.yLabel, self.series) = (title, xLabel, yLabel, series)
        (self.logarithmic, self.shows) = (logarithmic, shows)
    }

    package func picture(width: Int = 640, height: Int = 360) -> Picture {
        let (width, height) = (max(160, width), max(120, height))
        var picture = Picture(width: width, height: height, Colour.paper)
        picture.write(title, x: 12, y: 10, scale: scale)
        let legendEnd = drawLegend(on: &picture)
        let lines = series.map { $0.points.compactMap(shown) }
        let limits = [shows?.lowerBound, shows?.upperBound].compactMap { $0 }.compactMap { shown((0, $0))?.y }
        let ends = [span?.lowerBound, span?.upperBound].compactMap { $0 }
        guard let xs = Span(lines.joined().map(\.x) + ends), let ys = Span(lines.joined().map(\.y) + limits),
            lines.contains(where: { !$0.isEmpty })
        else { return picture }
        let top = legendEnd + (yLabel.isEmpty ? 0 : line) + (scale > 1 ? line / 2 : 0)
        if !yLabel.isEmpty { picture.write(yLabel, x: 12, y: legendEnd, colour: .ink, scale: scale) }
        let frame = Frame(
            left: Double(labelWidth(ys)), top: Double(top), right: Double(width) - 16,
            bottom: Double(height - 2 * line - 4 * scale))
        drawGrid(on: &picture, frame, xs, ys)
        for mark in marks where mark > xs.low && mark < xs.high {
            let x = frame.place((mark, ys.low), xs, ys).x
            for y in stride(from: frame.top, to: frame.bottom, by: 8) {
                picture.stroke(.ink, from: (x, y), to: (x, min(y + 3, frame.bottom)), width: 1)
            }
        }
        for (index, points) in lines.enumerated() {
            draw(points.map { frame.place($0, xs, ys) }, colour(index), on: &picture)
        }
        return picture
    }

    /// Height of a line of text with its gap.
    private var line: Int { BitmapFont.glyphHeight * scale + 7 }

    private func colour(_ index: Int) -> Colour { Colour.series[index % Colour.series.count] }

    private func draw(_ places: [(x: Double, y: Double)], _ colour: Colour, on picture: inout Picture) {
        for (from, to) in zip(places, places.dropFirst()) {
            picture.stroke(colour, from: from, to: to, width: 1.6)
        }
        // Few points are drawn as dots.
        guard places.count <= 40 else { return }
        for place in places { picture.stroke(colour, from: place, to: place, width: 5) }
    }

    private func shown(_ point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
        guard point.x.isFinite, point.y.isFinite else { return nil }
        guard logarithmic else { return point }
        return point.y > 0 ? (point.x, log10(point.y)) : nil
    }

    private func drawGrid(on picture: inout Picture, _ frame: Frame, _ xs: Span, _ ys: Span) {
        for (tick, text) in ticks(ys) {
            let y = frame.place((xs.low, tick), xs, ys).y
            picture.stroke(.faint, from: (frame.left, y), to: (frame.right, y), width: 1)
            let x = Int(frame.left) - 6 - width(text)
            picture.write(text, x: x, y: Int(y) - BitmapFont.glyphHeight * scale / 2, scale: scale)
        }
        for tick in xs.ticks(about: 6) {
            let x = frame.place((tick, ys.low), xs, ys).x
            picture.stroke(.faint, from: (x, frame.top), to: (x, frame.bottom), width: 1)
            let text = label(tick)
            picture.write(
                text, x: Int(x) - width(text) / 2, y: Int(frame.bottom) + 4 + 2 * scale, scale: scale)
        }
        picture.write(
            xLabel, x: Int(frame.right) - width(xLabel), y: Int(frame.bottom) + 4 + line, scale: scale)
    }

    /// Draws the legend in as many lines as needed. Returns the vertical position after it.
    private func drawLegend(on picture: inout Picture) -> Int {
        var (x, y) = (12, title.isEmpty ? 10 : 10 + line)
        for (index, entry) in series.enumerated() {
            let length = 20 + width(entry.name)
            if x > 12, x + length > picture.width - 12 { (x, y) = (12, y + line) }
            let middle = Double(y) + Double(BitmapFont.glyphHeight * scale) / 2
            picture.stroke(
                colour(index), from: (Double(x), middle), to: (Double(x) + 14, middle), width: 3)
            picture.write(entry.name, x: x + 20, y: y, scale: scale)
            x += length + 14
        }
        return y + line
    }

    private func width(_ text: String) -> Int { BitmapFont.width(of: text) * scale }

    private func labelWidth(_ ys: Span) -> Int {
        max(margin, (ticks(ys).map { width($0.text) }.max() ?? 0) + 18)
    }

    /// Ticks of the y axis with their labels: round numbers, on a logarithmic axis too.
    private func ticks(_ ys: Span) -> [(place: Double, text: String)] {
        guard logarithmic else { return ys.ticks(about: 5).map { ($0, label($0)) } }
        let decades = Int(ys.low.rounded(.down))...Int(ys.high.rounded(.up))
        for digits in [[1.0], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]] {
            let values = decades.flatMap { decade in digits.map { $0 * pow(10, Double(decade)) } }
            let inside = values.map { ($0, log10($0)) }.filter { ys.low...ys.high ~= $0.1 }
            if inside.count >= 3 { return inside.map { ($0.1, label($0.0)) } }
        }
        return ys.ticks(about: 4).map { ($0, label(pow(10, $0))) }
    }

    private func label(_ value: Double) -> String {
        let size = abs(value)
        if size >= 10_000 { return String(format: "%.4gK", value / 1000) }
        return size != 0 && size < 0.001 ? String(format: "%.0E", value) : String(format: "%.3g", value)
    }
}

/// The plot area, in pixels.
private struct Frame {
    let left: Double
    let top: Double
    let right: Double
    let bottom: Double

    func place(_ point: (x: Double, y: Double), _ xs: Span, _ ys: Span) -> (x: Double, y: Double) {
        (
            left + (point.x - xs.low) / xs.length * (right - left),
            bottom - (point.y - ys.low) / ys.length * (bottom - top)
        )
    }
}

/// The range of an axis.
private struct Span {
    let low: Double
    let high: Double
    var length: Double { high - low }

    init?(_ values: [Double]) {
        guard let low = values.min(), let high = values.max() else { return nil }
        (self.low, self.high) = high > low ? (low, high) : (low - 0.5, high + 0.5)
    }

    /// Round numbers in the range: steps of 1, 2 or 5 times a power of ten.
    func ticks(about count: Int) -> [Double] {
        let rough = length / Double(count)
        let power = pow(10, floor(log10(rough)))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        return stride(from: (low / step).rounded(.up) * step, through: high + step * 1e-9, by: step).map {
            abs($0) < step * 1e-9 ? 0 : $0
        }
    }
}
