import Foundation
import Workspace

/// What the source's set lacks of what the target does.
package struct CoverageComparison: Sendable {
    package let source: Coverage
    package let target: Coverage
    /// The largest gaps, said in words; at most `most`, none larger than the one before.
    package let gaps: [Gap]
    /// Share of the target's faces that lie in bins of both maps where the source has faces too.
    package let covered: Double

    package struct Gap: Sendable, Equatable {
        package let zone: CoverageZone
        package let targetFaces: Int
        package let targetShare: Double
        package let sourceFaces: Int
    }

    /// Gaps smaller than this share of the target's faces are not worth a sentence.
    static let smallest = 0.01
    /// A source that does something this much more seldom than the target lacks it.
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

    /// How a bin of the target's map stands.
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

    /// The zone that holds most of the target's faces and hardly any of the source's, then the one that holds most of the
    /// rest. A wider zone holds more of both, so that each is as wide as it can be.
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
    /// One sentence a gap, and one for the whole.
    package func sentences(source name: String, target other: String) -> [String] {
        var result = gaps.map { gap in
            let words = gap.zone.words.isEmpty ? "whatever it does" : gap.zone.words
            let times =
                switch gap.sourceFaces {
                case 0: "in none"
                case 1: "in 1 of its \(source.faces)"
                default: "in \(gap.sourceFaces) of its \(source.faces)"
                }
            return
                "\(words.capitalisedFirst): \(other) does so in \(Self.percent(gap.targetShare)) of its frames, "
                + "\(name) \(times)."
        }
        if gaps.isEmpty {
            result.append("\(name.capitalisedFirst) lacks nothing of weight that \(other) does.")
        }
        result.append(
            "Of \(other)'s frames \(Self.percent(covered)) show a pose and an expression that \(name) shows too."
        )
        return result
    }

    static func percent(_ share: Double) -> String {
        String(format: share > 0 && share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100)
    }
}

extension Coverage {
    /// What a single set does not show, of what people do: turned and nodding faces, mouth and eyes open and shut.
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
