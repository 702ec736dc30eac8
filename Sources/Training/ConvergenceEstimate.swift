import Foundation

/// Estimates the trend of a noisy loss series: relative gain per hour, its confidence interval, and a
/// verdict.
///
/// The slope of the logarithm of the error is Sen's (1968): the median of the slopes between all pairs of
/// points, which is robust to outliers. Its confidence interval follows from Kendall's variance as given by
/// Sen. Points of different runs are not paired, because resuming a training changes the learning rate and
/// with it the error; the variances of the runs add up (Hirsch, Slack and Smith 1982). The last third of the
/// training time is used, or the last half if that has too few points, reduced to at most `bins` medians, so
/// that correlated neighbours do not count as evidence twice.
package struct ConvergenceEstimate: Sendable, Codable, Equatable {
    package enum Verdict: String, Sendable, Codable {
        case tooEarly, improving, plateau, worsening
    }

    package let verdict: Verdict
    /// Relative decrease of the error per hour; negative if it grows. `nil` if it is too early.
    package let gain: Double?
    /// Confidence interval of the gain, at 90 %.
    package let leastGain: Double?
    package let mostGain: Double?
    /// Seconds of training since the minimum of the error.
    package let sinceBest: Double
    /// Seconds trained.
    package let seconds: Double

    package struct Point: Sendable, Equatable {
        /// Seconds trained.
        var seconds: Double
        var error: Double
        /// Minimum over all runs.
        var run: Int64

        package init(seconds: Double, error: Double, run: Int64 = 0) {
            (self.seconds, self.error, self.run) = (seconds, error, run)
        }
    }

    /// Gains per hour below this are treated as 0.
    package static let negligible = 0.01
    static let fewest = 5
    static let bins = 60
    /// Ratio to the minimum above which the error is considered to grow.
    static let grown = 1.01
    /// Standard deviations that contain 90 % of a normal distribution.
    private static let ninety = 1.645

    /// - Parameters:
    ///   - points: ordered by run, and by time within each run.
    ///   - negligible: gain per hour below which training has reached a plateau.
    package init(_ points: [Point], negligible: Double = negligible) {
        let sound = points.filter { $0.error > 0 && $0.error.isFinite && $0.seconds.isFinite }
        seconds = sound.last?.seconds ?? 0
        let runs = Dictionary(grouping: sound, by: \.run)
        let latest = runs[sound.last?.run ?? 0] ?? []
        // Minimum of running medians of three: a single low value is not a minimum.
        let smooth = Self.medians(latest)
        let best = smooth.min { $0.error < $1.error }
        sinceBest = seconds - (best?.seconds ?? seconds)
        let recent = Self.recent(sound, until: seconds)
        guard let slope = Slope(recent, deviations: Self.ninety) else {
            (verdict, gain, leastGain, mostGain) = (.tooEarly, nil, nil, nil)
            return
        }
        func hourly(_ slope: Double) -> Double { -expm1(slope * 3600) }
        let (least, most) = (hourly(slope.high), hourly(slope.low))
        (gain, leastGain, mostGain) = (hourly(slope.middle), least, most)
        let now = smooth.last?.error ?? 0
        if most < 0, now > Self.grown * (best?.error ?? now) {
            verdict = .worsening
        } else if least > negligible || (least > 0 && hourly(slope.middle) > negligible) {
            verdict = .improving
        } else {
            verdict = most < negligible ? .plateau : .tooEarly
        }
    }

    /// The last third of the time, or the last half, reduced to medians.
    private static func recent(_ points: [Point], until end: Double) -> [Point] {
        let begin = points.first?.seconds ?? 0
        func last(_ share: Double) -> [Point] { points.filter { $0.seconds > end - share * (end - begin) } }
        let third = last(1.0 / 3)
        let chosen = third.count > fewest ? third : last(0.5)
        guard chosen.count > bins, let first = chosen.first?.seconds, end > first else { return chosen }
        let binned = Dictionary(grouping: chosen) { point in
            [Double(point.run), (Double(bins) * (point.seconds - first) / (end - first)).rounded(.down)]
        }
        return binned.values.map { points in
            Point(
                seconds: median(points.map(\.seconds)), error: median(points.map(\.error)), run: points[0].run
            )
        }
        .sorted { ($0.run, $0.seconds) < ($1.run, $1.seconds) }
    }

    private static func medians(_ points: [Point]) -> [Point] {
        guard points.count >= 3 else { return points }
        return (1..<points.count - 1).map { index in
            Point(
                seconds: points[index].seconds, error: median(points[index - 1...index + 1].map(\.error)),
                run: points[index].run)
        }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

/// Sen's slope of the logarithm over seconds, and its confidence interval.
private struct Slope {
    let middle: Double
    let low: Double
    let high: Double

    init?(_ points: [ConvergenceEstimate.Point], deviations: Double) {
        var slopes: [Double] = []
        var variance = 0.0
        var counted = 0
        for run in Dictionary(grouping: points, by: \.run).values where run.count >= 2 {
            let count = Double(run.count)
            counted += run.count
            variance += count * (count - 1) * (2 * count + 5) / 18
            for (index, first) in run.enumerated() {
                for second in run[(index + 1)...] where second.seconds > first.seconds {
                    slopes.append(log(second.error / first.error) / (second.seconds - first.seconds))
                }
            }
        }
        guard counted >= ConvergenceEstimate.fewest, !slopes.isEmpty else { return nil }
        slopes.sort()
        let reach = deviations * variance.squareRoot()
        func ranked(_ rank: Double) -> Double {
            slopes[min(slopes.count - 1, max(0, Int(rank)))]
        }
        middle = ConvergenceEstimate.median(slopes)
        low = ranked(((Double(slopes.count) - reach) / 2).rounded(.down))
        high = ranked(((Double(slopes.count) + reach) / 2).rounded(.up))
    }
}
