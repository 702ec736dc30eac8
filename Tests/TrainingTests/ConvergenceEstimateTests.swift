import Foundation
import Tensors
import Testing

@testable import Training

/// Series of errors whose course is known.
@Suite("ConvergenceEstimate")
struct ConvergenceEstimateTests {
    /// One look each `every` seconds at a course with noise of relative deviation `noise`.
    private func series(
        _ range: Range<Double>, every: Double = 30, noise: Double = 0.005, run: Int64 = 0, seed: UInt64 = 1,
        _ course: (Double) -> Double
    ) -> [ConvergenceEstimate.Point] {
        var numbers = RandomNumbers(seed: seed, stream: 7)
        return stride(from: range.lowerBound, to: range.upperBound, by: every).map { seconds in
            ConvergenceEstimate.Point(
                seconds: seconds, error: course(seconds) * exp(noise * numbers.normal()), run: run)
        }
    }

    @Test("a falling error improves, by as much an hour as it was made to", arguments: UInt64(1)...8)
    func falling(seed: UInt64) throws {
        // 8 % an hour, after four hours.
        let trend = ConvergenceEstimate(series(0..<14_400, seed: seed) { 0.03 * pow(0.92, $0 / 3600) })
        let gain = try #require(trend.gain)
        #expect(trend.verdict == .improving && abs(gain - 0.08) < 0.015)
        #expect(try #require(trend.leastGain) < gain && gain < #require(trend.mostGain))
        #expect(trend.sentence.wholeMatch(of: /still improving: [0-9.]+ % an hour/) != nil)
    }

    @Test("the range holds the true gain about nine times in ten")
    func coverage() throws {
        let hits = (1...200).count { seed in
            let trend = ConvergenceEstimate(
                series(0..<14_400, seed: UInt64(seed)) { 0.03 * pow(0.92, $0 / 3600) })
            return (trend.leastGain ?? 1)...(trend.mostGain ?? 1) ~= 0.08
        }
        #expect(170...196 ~= hits, "\(hits) of 200")
    }

    @Test("a flat error with noise is a plateau", arguments: UInt64(1)...8)
    func flat(seed: UInt64) {
        let trend = ConvergenceEstimate(
            series(0..<18_000, seed: seed) { 0.02 * (1 + exp(-$0 / 900)) })
        #expect(trend.verdict == .plateau)
        #expect(trend.sentence == "gains less than 1 % an hour now")
    }

    @Test("outliers do not move it")
    func outliers() throws {
        var points = series(0..<18_000) { _ in 0.02 }
        for index in stride(from: 3, to: points.count, by: 11) { points[index].error *= 3 }
        #expect(ConvergenceEstimate(points).verdict == .plateau)
    }

    @Test("a rising error is overfitting since its least", arguments: UInt64(1)...4)
    func rising(seed: UInt64) {
        let trend = ConvergenceEstimate(
            series(0..<5400, seed: seed) { seconds in
                0.02 * (1 + exp(-seconds / 600)) * (1 + max(0, seconds - 3600) / 9000)
            })
        #expect(trend.verdict == .worsening)
        #expect(abs(trend.sinceBest - 1800) < 600)
        #expect(trend.sentence.hasPrefix("getting worse since ") && trend.sentence.contains("minutes"))
    }

    @Test("few points, and few minutes, are too early")
    func early() {
        #expect(ConvergenceEstimate([]).verdict == .tooEarly)
        #expect(ConvergenceEstimate(series(0..<90) { _ in 0.02 }).verdict == .tooEarly)
        // Ten minutes without a gain do not show that an hour brings none.
        let trend = ConvergenceEstimate(series(0..<600) { _ in 0.02 })
        #expect(trend.verdict == .tooEarly && trend.sentence.hasPrefix("too early"))
    }

    @Test("the first minutes improve in minutes, not in hours that nobody has trained")
    func minutes() {
        let trend = ConvergenceEstimate(series(0..<420) { 0.1 * exp(-$0 / 300) })
        #expect(trend.verdict == .improving)
        #expect(trend.sentence.wholeMatch(of: /still improving: 1[5-9](\.[0-9])? % a minute/) != nil)
    }

    @Test(
        "a step where a run was gone on with is neither a gain nor a loss", arguments: [0.6, 0.9, 1.1, 1.6])
    func steps(height: Double) {
        let before = series(0..<12_000, run: 1) { _ in 0.02 }
        let after = series(12_000..<15_000, run: 2) { _ in 0.02 * height }
        let trend = ConvergenceEstimate(before + after)
        #expect(trend.verdict == .plateau, "\(trend)")
        let joined = (before + after).map { ConvergenceEstimate.Point(seconds: $0.seconds, error: $0.error) }
        if height > 1.5 { #expect(ConvergenceEstimate(joined).verdict != .plateau) }
    }

    @Test("three days cost no more than an hour")
    func long() {
        let points = series(0..<259_200, every: 10) { 0.02 * pow(0.98, $0 / 3600) }
        let begun = ContinuousClock.now
        let trend = ConvergenceEstimate(points)
        #expect(trend.verdict == .improving && abs((trend.gain ?? 0) - 0.02) < 0.002)
        #expect(begun.duration(to: .now) < .milliseconds(500))
    }

    @Test("lengths of time read as people say them")
    func words() {
        let lengths: [Double] = [1, 45, 840, 10_800, 345_600]
        let words = lengths.map { ConvergenceEstimate.words($0) }
        #expect(words == ["1 second", "45 seconds", "14 minutes", "3 hours", "4 days"])
        #expect(ConvergenceEstimate.percent(0.01) == "1 %")
        #expect(ConvergenceEstimate.percent(0.083) == "8.3 %")
        #expect(ConvergenceEstimate.percent(0.25) == "25 %")
    }
}
