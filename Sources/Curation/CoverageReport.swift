import Foundation

/// Coverage report as text and JSON.
package struct CoverageReport: Encodable {
    package struct Person: Encodable {
        let set: String
        let faces: Int
        /// Rows by ascending pitch; columns by ascending yaw (picture's left to right).
        let pose: [[Int]]
        /// Rows by ascending eye opening; columns by ascending mouth opening.
        let expression: [[Int]]
    }

    package struct Gap: Encodable {
        let words: String
        let targetShare: Double
        let targetFaces: Int
        let sourceFaces: Int
    }

    let axes = [
        "turn": CoverageAxis.yaw, "nod": CoverageAxis.pitch, "mouth": CoverageAxis.mouth,
        "eyes": CoverageAxis.eyes,
    ]
    let source: Person
    let target: Person?
    let gaps: [Gap]
    /// Share of the target's frames whose pose and expression the source covers.
    let covered: Double?
    /// Summary in sentences.
    package let sentences: [String]
    /// Path of the picture.
    package var map: String?

    package init(_ name: String, _ coverage: Coverage) {
        source = Person(name, coverage)
        target = nil
        gaps = []
        covered = nil
        let missing = coverage.missing().map(\.words)
        sentences = [
            missing.isEmpty
                ? "\(name) covers yaw and pitch in both directions, and open and closed mouth and eyes."
                : "Missing in \(name): \(missing.joined(separator: ", ")).",
            "\(coverage.pose.occupied) of \(coverage.pose.counts.count) yaw × pitch bins are occupied, "
                + "\(coverage.expression.occupied) of \(coverage.expression.counts.count) mouth × eyes bins.",
        ]
    }

    package init(source: String, target: String, _ comparison: CoverageComparison) {
        self.source = Person(source, comparison.source)
        self.target = Person(target, comparison.target)
        gaps = comparison.gaps.map {
            Gap(
                words: $0.zone.words, targetShare: ($0.targetShare * 1e4).rounded() / 1e4,
                targetFaces: $0.targetFaces, sourceFaces: $0.sourceFaces)
        }
        covered = (comparison.covered * 1e4).rounded() / 1e4
        sentences = comparison.sentences(source: source, target: target)
    }
}

extension CoverageReport.Person {
    init(_ name: String, _ coverage: Coverage) {
        func rows(_ grid: Coverage.Grid) -> [[Int]] {
            (0..<grid.down.count).map { row in
                (0..<grid.across.count).map { grid[column: $0, row: row] }
            }
        }
        self.init(
            set: name, faces: coverage.faces, pose: rows(coverage.pose), expression: rows(coverage.expression)
        )
    }
}

/// Coverage histograms as lines of text, side by side: darker blocks mean more faces; `!` marks bins of the target that are
/// empty in the source.
package enum CoverageText {
    package static func lines(
        _ people: [(name: String, coverage: Coverage)], _ comparison: CoverageComparison?
    )
        -> [String]
    {
        let pose = people.indices.map { block(people[$0].name, \.pose, people[$0].coverage, $0, comparison) }
        let expression = people.indices.map {
            block("", \.expression, people[$0].coverage, $0, comparison)
        }
        return [
            "nod ↑ (degrees), turn → from \(CoverageAxis.yaw.labels[0]) to \(CoverageAxis.yaw.labels.last ?? "")"
        ]
            + joined(pose) + ["eyes ↑, mouth → from closed to wide"] + joined(expression)
    }

    private static func block(
        _ name: String, _ map: KeyPath<Coverage, Coverage.Grid>, _ coverage: Coverage, _ person: Int,
        _ comparison: CoverageComparison?
    ) -> [String] {
        let grid = coverage[keyPath: map]
        let names = grid.down.labels.map(\.count).max() ?? 0
        let title = name.isEmpty ? [] : [String(repeating: " ", count: names + 2) + name]
        let rows = (0..<grid.down.count).reversed().map { row in
            let cells = (0..<grid.across.count).map { column -> String in
                if person == 1, comparison?.mark(map, column: column, row: row) == .missing { return "!!" }
                return shade(grid[column: column, row: row], of: coverage.faces)
            }
            let label = grid.down.labels[row]
            return String(repeating: " ", count: names - label.count) + label + "  " + cells.joined()
        }
        return title + rows
    }

    private static func shade(_ count: Int, of all: Int) -> String {
        guard count > 0 else { return "· " }
        let share = Double(count) / Double(max(1, all))
        return share < 0.003 ? "░░" : share < 0.02 ? "▒▒" : share < 0.1 ? "▓▓" : "██"
    }

    private static func joined(_ blocks: [[String]]) -> [String] {
        guard let first = blocks.first else { return [] }
        let width = first.map(\.count).max() ?? 0
        return first.indices.map { line in
            let padded = first[line] + String(repeating: " ", count: width - first[line].count)
            return blocks.count > 1 ? "  \(padded)   \(blocks[1][line])" : "  \(first[line])"
        }
    }
}
