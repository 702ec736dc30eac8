import Foundation

/// Lines over a common axis, such as losses over iterations, drawn as a picture.
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
    package var series: [Series]
    /// Powers of ten on the upright axis; values of zero and less are left out.
    package var logarithmic: Bool

    package init(title: String, xLabel: String = "", series: [Series], logarithmic: Bool = false) {
        (self.title, self.xLabel, self.series, self.logarithmic) = (title, xLabel, series, logarithmic)
    }

    package func picture(width: Int = 640, height: Int = 360) -> Picture {
        let (width, height) = (max(160, width), max(120, height))
        var picture = Picture(width: width, height: height, Colour.paper)
        picture.write(title, x: 12, y: 10)
        let frame = Frame(left: 56, top: 40, right: Double(width) - 16, bottom: Double(height) - 34)
        let lines = series.map { $0.points.compactMap(shown) }
        guard let xs = Span(lines.joined().map(\.x)), let ys = Span(lines.joined().map(\.y)) else {
            return picture
        }
        drawGrid(on: &picture, frame, xs, ys)
        for (index, points) in lines.enumerated() {
            let colour = Colour.series[index % Colour.series.count]
            for (from, to) in zip(points, points.dropFirst()) {
                picture.stroke(
                    colour, from: frame.place(from, xs, ys), to: frame.place(to, xs, ys), width: 1.6)
            }
        }
        drawLegend(on: &picture)
        return picture
    }

    private func shown(_ point: (x: Double, y: Double)) -> (x: Double, y: Double)? {
        guard point.x.isFinite, point.y.isFinite else { return nil }
        guard logarithmic else { return point }
        return point.y > 0 ? (point.x, log10(point.y)) : nil
    }

    private func drawGrid(on picture: inout Picture, _ frame: Frame, _ xs: Span, _ ys: Span) {
        for tick in ys.ticks(about: 5) {
            let y = frame.place((xs.low, tick), xs, ys).y
            picture.stroke(.faint, from: (frame.left, y), to: (frame.right, y), width: 1)
            let text = label(logarithmic ? pow(10, tick) : tick)
            picture.write(text, x: Int(frame.left) - 6 - BitmapFont.width(of: text), y: Int(y) - 3)
        }
        for tick in xs.ticks(about: 6) {
            let x = frame.place((tick, ys.low), xs, ys).x
            picture.stroke(.faint, from: (x, frame.top), to: (x, frame.bottom), width: 1)
            let text = label(tick)
            picture.write(text, x: Int(x) - BitmapFont.width(of: text) / 2, y: Int(frame.bottom) + 6)
        }
        picture.write(
            xLabel, x: Int(frame.right) - BitmapFont.width(of: xLabel), y: Int(frame.bottom) + 20)
    }

    private func drawLegend(on picture: inout Picture) {
        var x = 12
        for (index, line) in series.enumerated() {
            let colour = Colour.series[index % Colour.series.count]
            picture.stroke(colour, from: (Double(x), 27.5), to: (Double(x) + 14, 27.5), width: 3)
            picture.write(line.name, x: x + 20, y: 24)
            x += 34 + BitmapFont.width(of: line.name)
        }
    }

    private func label(_ value: Double) -> String {
        let size = abs(value)
        if size >= 10_000 { return String(format: "%.4gK", value / 1000) }
        return size != 0 && size < 0.001 ? String(format: "%.0E", value) : String(format: "%.3g", value)
    }
}

/// The plot's inside, in pixels.
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

/// What an axis shows.
private struct Span {
    let low: Double
    let high: Double
    var length: Double { high - low }

    init?(_ values: [Double]) {
        guard let low = values.min(), let high = values.max() else { return nil }
        (self.low, self.high) = high > low ? (low, high) : (low - 0.5, high + 0.5)
    }

    /// Round numbers inside the span: steps of 1, 2 or 5 times a power of ten.
    func ticks(about count: Int) -> [Double] {
        let rough = length / Double(count)
        let power = pow(10, floor(log10(rough)))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        return stride(from: (low / step).rounded(.up) * step, through: high + step * 1e-9, by: step).map {
            abs($0) < step * 1e-9 ? 0 : $0
        }
    }
}
