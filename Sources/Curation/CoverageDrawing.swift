import Foundation
import Pictures

/// Draws coverage histograms: the source to the left and, if there is one, the target to the right with gaps of the source
/// outlined.
package struct CoverageDrawing {
    private let people: [(name: String, coverage: Coverage)]
    private let comparison: CoverageComparison?
    private let notes: [String]

    /// - Parameter notes: text below the histograms.
    package init(_ name: String, _ coverage: Coverage, notes: [String]) {
        people = [(name, coverage)]
        comparison = nil
        self.notes = notes
    }

    package init(source: String, target: String, _ comparison: CoverageComparison, notes: [String]) {
        people = [(source, comparison.source), (target, comparison.target)]
        self.comparison = comparison
        self.notes = notes
    }

    /// Layout in pixels.
    private enum Layout {
        static let edge = 32
        /// Plot area of a histogram.
        static let width = 816
        static let poseCell = 42
        static let expressionCell = 58
        /// Margin to the left of a histogram for its row labels.
        static let rowNames = 150
        static let columnNames = 64
        static let gap = 40
        static let line = 26
        static let text = 2
    }

    package var picture: Picture {
        let map = Layout.rowNames + Layout.width
        let width = 2 * Layout.edge + people.count * map + (people.count - 1) * Layout.gap
        let notes = wrapped(width - 2 * Layout.edge)
        let pose = CoverageAxis.pitch.count * Layout.poseCell + Layout.columnNames
        let expression = CoverageAxis.eyes.count * Layout.expressionCell + Layout.columnNames
        let top = Layout.edge + 2 * Layout.line + 24
        let bottom = top + pose + Layout.gap + expression + 24
        let height = bottom + 3 * Layout.line + notes.count * Layout.line + Layout.edge
        var picture = Picture(width: width, height: height, Colour.paper)
        for (place, person) in people.enumerated() {
            let left = Layout.edge + place * (map + Layout.gap)
            let role = people.count == 1 ? "" : place == 0 ? "source: " : "target: "
            picture.write(role + person.name, x: left + Layout.rowNames, y: Layout.edge, scale: 3)
            picture.write(
                "\(person.coverage.faces) faces", x: left + Layout.rowNames, y: Layout.edge + 32,
                colour: Colour(110, 112, 118), scale: Layout.text)
            draw(\.pose, of: place, x: left, y: top, cell: Layout.poseCell, on: &picture)
            draw(
                \.expression, of: place, x: left, y: top + pose + Layout.gap, cell: Layout.expressionCell,
                on: &picture)
        }
        drawLegend(y: bottom, on: &picture)
        for (line, note) in notes.enumerated() {
            picture.write(
                note, x: Layout.edge, y: bottom + 2 * Layout.line + 16 + line * Layout.line,
                scale: Layout.text)
        }
        return picture
    }

    private func draw(
        _ map: KeyPath<Coverage, Coverage.Grid>, of person: Int, x: Int, y: Int, cell height: Int,
        on picture: inout Picture
    ) {
        let grid = people[person].coverage[keyPath: map]
        let left = x + Layout.rowNames
        let width = Layout.width / grid.across.count
        for row in 0..<grid.down.count {
            // Highest bin at the top.
            let top = y + (grid.down.count - 1 - row) * height
            write(rowName(grid.down, row), rightAt: left - 12, middle: top + height / 2, on: &picture)
            for column in 0..<grid.across.count {
                drawCell(
                    grid[column: column, row: row], of: person, x: left + column * width, y: top,
                    width: width,
                    height: height, on: &picture)
            }
        }
        let bottom = y + grid.down.count * height
        for column in 0..<grid.across.count {
            let text = grid.across.labels[column]
            picture.write(
                text,
                x: left + column * width + (width - BitmapFont.width(of: text) * Layout.text) / 2,
                y: bottom + 10,
                scale: Layout.text)
        }
        let title =
            grid.across == .yaw
            ? "← picture's left   yaw in degrees   picture's right →" : "mouth (across), eyes (up)"
        picture.write(
            title, x: left + (Layout.width - BitmapFont.width(of: title) * Layout.text) / 2, y: bottom + 36,
            scale: Layout.text)
        guard person == 1, let comparison else { return }
        for row in 0..<grid.down.count {
            for column in 0..<grid.across.count {
                let thickness =
                    switch comparison.mark(map, column: column, row: row) {
                    case .missing: 5
                    case .seldom: 2
                    case .fine: 0
                    }
                outline(
                    x: left + column * width, y: y + (grid.down.count - 1 - row) * height, width: width,
                    height: height, thickness: thickness, on: &picture)
            }
        }
    }

    private func rowName(_ axis: CoverageAxis, _ row: Int) -> String {
        guard axis == .pitch else { return axis.labels[row] }
        switch row {
        case 0: return "down \(axis.labels[row])"
        case axis.count - 1: return "up \(axis.labels[row])"
        default: return axis.labels[row]
        }
    }

    private func drawCell(
        _ count: Int, of person: Int, x: Int, y: Int, width: Int, height: Int, on picture: inout Picture
    ) {
        guard count > 0 else {
            return picture.fill(
                Colour(241, 240, 235), x: x + 1, y: y + 1, width: width - 2, height: height - 2)
        }
        let place = Self.place(ofShare: Double(count) / Double(max(1, people[person].coverage.faces)))
        picture.fill(
            ColourScale.colour(place), x: x + 1, y: y + 1, width: width - 2, height: height - 2)
        let text = count < 10_000 ? "\(count)" : "\(count / 1000)K"
        picture.write(
            text, x: x + (width - BitmapFont.width(of: text) * Layout.text) / 2,
            y: y + (height - BitmapFont.glyphHeight * Layout.text) / 2, colour: place > 0.45 ? .white : .ink,
            scale: Layout.text)
    }

    private func outline(
        x: Int, y: Int, width: Int, height: Int, thickness: Int, on picture: inout Picture
    ) {
        guard thickness > 0 else { return }
        let colour = Colour.series[1]
        picture.fill(colour, x: x, y: y, width: width, height: thickness)
        picture.fill(colour, x: x, y: y + height - thickness, width: width, height: thickness)
        picture.fill(colour, x: x, y: y, width: thickness, height: height)
        picture.fill(colour, x: x + width - thickness, y: y, width: thickness, height: height)
    }

    /// Position on the colour scale, 0…1: logarithmic from a thousandth to a third of the faces.
    private static func place(ofShare share: Double) -> Double {
        log(max(share, 0.001) / 0.001) / log(0.333 / 0.001)
    }

    private func drawLegend(y: Int, on picture: inout Picture) {
        var x = Layout.edge
        func label(_ text: String) {
            picture.write(text, x: x, y: y + 6, scale: Layout.text)
            x += BitmapFont.width(of: text) * Layout.text + 14
        }
        label("Share of the faces:")
        for (share, name) in [
            (0.001, "0.1 %"), (0.003, "0.3 %"), (0.01, "1 %"), (0.03, "3 %"), (0.1, "10 %"), (0.3, "30 %"),
        ] {
            picture.fill(ColourScale.colour(Self.place(ofShare: share)), x: x, y: y, width: 36, height: 26)
            x += 44
            label(name)
        }
        guard comparison != nil else { return }
        x += 30
        for (thickness, name) in [(5, "missing in the source"), (2, "ten times rarer in the source")] {
            outline(x: x, y: y, width: 36, height: 26, thickness: thickness, on: &picture)
            x += 44
            label(name)
            x += 16
        }
    }

    private func write(_ text: String, rightAt x: Int, middle y: Int, on picture: inout Picture) {
        picture.write(
            text, x: x - BitmapFont.width(of: text) * Layout.text,
            y: y - BitmapFont.glyphHeight * Layout.text / 2, scale: Layout.text)
    }

    /// The notes, wrapped to the width.
    private func wrapped(_ width: Int) -> [String] {
        let most = width / (BitmapFont.advance * Layout.text)
        return notes.flatMap { note in
            note.split(separator: " ").reduce(into: [String]()) { lines, word in
                if let last = lines.last, last.count + 1 + word.count <= most {
                    lines[lines.count - 1] = "\(last) \(word)"
                } else {
                    lines.append(String(word))
                }
            }
        }
    }
}
