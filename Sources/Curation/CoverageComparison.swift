import Foundation
import Workspace

/// Gaps of the source's coverage with respect to the target.
package struct CoverageComparison: Sendable {
    package let source: Coverage
    package let target: Coverage
    /// The largest gaps in descending order, at most `most`.
    package let gaps: [Gap]
    /// Share of the target's faces whose bins of both histograms are also occupied by the source.
    package let covered: Double

    package struct Gap: Sendable, Equatable {
        package let zone: CoverageZone
        package let targetFaces: Int
        package let targetShare: Double
        package let sourceFaces: Int
    }

    /// Gaps smaller than this share of the target's faces are not reported.
    static let smallest = 0.01
    /// A gap is a zone that is this much rarer in the source than in the target.
    static let seldom = 0.1
    static let most = 2

    package init(source: Coverage, target: Coverage) {
        (self.source, self.target) = (source, target)
        let shared = target.places.count { place in
            source.pose[column: place.yaw, row: place.pitch] > 0
                && source.expression[column: place.mouth, row: place.eyes] > 0
        }
        covered = target.faces == 0 ? 1 : Double(shared) / Double(target.faces)
        gaps = Self.gaps(source, target)
    }

    /// State of a bin of the target's histogram.
    package enum Mark: Sendable { case fine, seldom, missing }

    /// - Parameter map: `\.pose` or `\.expression`.
    package func mark(_ map: KeyPath<Coverage, Coverage.Grid>, column: Int, row: Int) -> Mark {
        let wanted = target[keyPath: map][column: column, row: row]
        let there = source[keyPath: map][column: column, row: row]
        guard wanted > 0 else { return .fine }
        if there == 0 { return .missing }
        let shares = (Double(there) / Double(source.faces), Double(wanted) / Double(target.faces))
        return shares.0 < Self.seldom * shares.1 ? .seldom : .fine
    }

    /// Greedy search: the zone with most of the target's faces and hardly any of the source's, then the one with most of the
    /// rest. Wider zones contain more faces, so that each gap is as wide as possible.
    private static func gaps(_ source: Coverage, _ target: Coverage) -> [Gap] {
        let there = counts(source)
        var wanted = counts(target)
        let all = wanted
        var gaps: [Gap] = []
        while gaps.count < most, target.faces > 0 {
            let candidates = CoverageZone.all.compactMap { zone -> (gap: Gap, fresh: Int)? in
                let gap = Gap(
                    zone: zone, targetFaces: count(all, zone),
                    targetShare: Double(count(all, zone)) / Double(target.faces),
                    sourceFaces: count(there, zone))
                let share = Double(gap.sourceFaces) / Double(max(1, source.faces))
                let fresh = count(wanted, zone)
                let isLarge = Double(fresh) >= max(1, smallest * Double(target.faces))
                return isLarge && share <= seldom * gap.targetShare ? (gap, fresh) : nil
            }
            let best = candidates.max { first, second in
                (first.fresh, -first.gap.zone.detail) < (second.fresh, -second.gap.zone.detail)
            }
            guard let best else { break }
            gaps.append(best.gap)
            wanted = wanted.filter { !best.gap.zone.contains($0.key) }
        }
        return gaps
    }

    private static func counts(_ coverage: Coverage) -> [CoverageZone: Int] {
        coverage.places.reduce(into: [:]) { $0[CoverageZone($1), default: 0] += 1 }
    }

    private static func count(_ counts: [CoverageZone: Int], _ zone: CoverageZone) -> Int {
        counts.reduce(0) { zone.contains($1.key) ? $0 + $1.value : $0 }
    }
}

extension CoverageComparison {
    /// One sentence per gap, and a summary.
    package func sentences(source name: String, target other: String) -> [String] {
        var result = gaps.map { gap in
            let words = gap.zone.words.isEmpty ? "all poses and expressions" : gap.zone.words
            let times =
                switch gap.sourceFaces {
                case 0: "none"
                case 1: "1 of \(source.faces)"
                default: "\(gap.sourceFaces) of \(source.faces)"
                }
            return
                "\(words.capitalisedFirst): \(Self.percent(gap.targetShare)) of the frames of \(other), "
                + "\(times) of \(name)."
        }
        if gaps.isEmpty {
            result.append("\(name.capitalisedFirst) has no significant gaps with respect to \(other).")
        }
        result.append(
            "\(Self.percent(covered)) of the frames of \(other) have a pose and an expression that \(name) covers."
        )
        return result
    }

    static func percent(_ share: Double) -> String {
        String(format: share > 0 && share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100)
    }
}

extension Coverage {
    /// Common poses and expressions that a single set lacks: turned and tilted faces, open and closed mouth and eyes.
    package func missing() -> [CoverageZone] {
        let zones =
            [0, 1, 3, 4].map { CoverageZone(yaw: $0) } + [1, 3].map { CoverageZone(pitch: $0) }
            + [0, 1, 2].map { CoverageZone(mouth: $0) } + [0, 2].map { CoverageZone(eyes: $0) }
        let places = Set(places.map { CoverageZone($0) })
        return zones.filter { zone in !places.contains { zone.contains($0) } }
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
