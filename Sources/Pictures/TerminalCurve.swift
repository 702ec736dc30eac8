import Foundation

/// A curve in text: Braille patterns of two by four dots, labelled with the greatest and least value. Points are joined by
/// straight lines.
package struct TerminalCurve: Sendable {
    package let text: String

    /// - Parameters:
    ///   - points: by rising x; points in the same column are averaged.
    ///   - width: characters per line, labels included.
    ///   - height: lines.
    package init(points: [(x: Double, y: Double)], width: Int, height: Int) {
        let sound = points.filter { $0.x.isFinite && $0.y.isFinite }
        guard let first = sound.first, let last = sound.last, let low = sound.map(\.y).min(),
            let high = sound.map(\.y).max(), height > 0
        else {
            text = ""
            return
        }
        let labels = [high, low].map { String(format: "%.4g", $0) }
        let margin = (labels.map(\.count).max() ?? 0) + 1
        let columns = max(1, width - margin) * 2
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: columns)
        for point in sound {
            let share = last.x > first.x ? (point.x - first.x) / (last.x - first.x) : 0
            let column = min(columns - 1, Int(share * Double(columns)))
            sums[column] = (sums[column].sum + point.y, sums[column].count + 1)
        }
        var cells = [[UInt32]](repeating: [UInt32](repeating: 0, count: columns / 2), count: height)
        var before: Int?
        for (column, value) in Self.joined(sums.map { $0.count > 0 ? $0.sum / Double($0.count) : nil }) {
            let share = high > low ? (high - value) / (high - low) : 0.5
            let row = min(height * 4 - 1, max(0, Int(share * Double(height * 4))))
            // On a steep slope, filled up or down to the dot next to the previous one.
            let start = before.map { $0 < row ? $0 + 1 : ($0 > row ? $0 - 1 : row) } ?? row
            for row in min(start, row)...max(start, row) {
                cells[row / 4][column / 2] |= Self.dots[column % 2][row % 4]
            }
            before = row
        }
        text = cells.enumerated().map { row, line in
            let label = row == 0 ? labels[0] : row == height - 1 ? labels[1] : ""
            let letters = line.compactMap { Unicode.Scalar(0x2800 + $0).map(Character.init) }
            return String(repeating: " ", count: margin - 1 - label.count) + label + " " + String(letters)
        }.joined(separator: "\n")
    }

    /// Values of all columns between the first and the last one with a point, linearly interpolated.
    private static func joined(_ values: [Double?]) -> [(column: Int, value: Double)] {
        let known = values.enumerated().compactMap { column, value in value.map { (column, $0) } }
        let lines = zip(known, known.dropFirst()).flatMap { left, right in
            (left.0..<right.0).map { column in
                let share = Double(column - left.0) / Double(right.0 - left.0)
                return (column, left.1 + (right.1 - left.1) * share)
            }
        }
        return lines + known.suffix(1)
    }

    /// Bits of the dots of a Braille character (Unicode 2800 to 28FF), by column and row.
    private static let dots: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
}
