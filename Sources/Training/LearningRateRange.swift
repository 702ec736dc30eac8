import Foundation
import Workspace

/// Result of a learning-rate range test (Smith 2017), a short training at increasing rates: the rate with the
/// steepest decrease of the loss, and the rate at which the loss diverges.
package struct LearningRateRange: Sendable, Codable, Equatable {
    package struct Point: Sendable, Codable, Equatable {
        package var rate: Double
        /// Loss inside the mask, averaged over people, and its smoothed value.
        package var error: Double
        package var smoothed: Double
    }

    package private(set) var points: [Point] = []
    /// Smoothing factor: weight of the previous value.
    private static let keep = 0.9
    /// Ratio to the minimum of the smoothed loss above which the test stops.
    private static let breakOut = 2.0

    /// The rate with the steepest decrease of the smoothed loss per log rate; `nil` if the loss does not
    /// decrease.
    package var suggestion: Double? {
        // Slopes of lines fitted to an eighth of the points, so that no single step dominates.
        let reach = max(3, points.count / 16)
        guard points.count > 2 * reach else { return nil }
        let slopes = (reach..<points.count - reach).map { middle in
            (points[middle].rate, Self.slope(points[middle - reach...middle + reach]))
        }
        guard let steepest = slopes.min(by: { $0.1 < $1.1 }), steepest.1 < 0 else { return nil }
        return steepest.0
    }

    /// Slope of the smoothed loss per log rate, by least squares.
    private static func slope(_ points: ArraySlice<Point>) -> Double {
        let count = Double(points.count)
        let meanX = points.reduce(0) { $0 + log($1.rate) } / count
        let meanY = points.reduce(0) { $0 + $1.smoothed } / count
        let (product, square) = points.reduce(into: (0.0, 0.0)) { sums, point in
            let x = log(point.rate) - meanX
            sums.0 += x * (point.smoothed - meanY)
            sums.1 += x * x
        }
        return product / square
    }

    /// Logarithmically spaced rates.
    static func rates(from lowest: Double, to highest: Double, steps: Int) -> [Double] {
        (0..<steps).map { lowest * pow(highest / lowest, Double($0) / Double(max(1, steps - 1))) }
    }

    /// Adds a step's loss. Returns whether the test should continue.
    mutating func add(rate: Double, error: Double) -> Bool {
        guard error.isFinite else { return false }
        // Bias-corrected exponential moving average.
        let weight = (1 - Self.keep) / (1 - pow(Self.keep, Double(points.count + 1)))
        let before = points.last?.smoothed ?? error
        points.append(Point(rate: rate, error: error, smoothed: before + (error - before) * weight))
        let least = points.map(\.smoothed).min() ?? error
        return points[points.count - 1].smoothed <= Self.breakOut * least
    }
}

extension Trainer {
    /// Trains for a few steps at increasing rates, from the model in `folder` or from scratch. Nothing is
    /// saved.
    package static func rateRange(
        sets: [PackedSet], folder: URL, options: Options, from lowest: Double = 1e-6, to highest: Double = 1,
        steps: Int = 100, progress: @escaping ProgressHandler
    ) throws -> LearningRateRange {
        guard lowest > 0, highest > lowest, steps > 1 else {
            throw TrainingError(
                .mismatch, "A range of rates rises from more than 0, in two steps or more; give such a range")
        }
        return try Trainer(sets: sets, folder: folder, options: options, progress: progress) { _ in }
            .range(LearningRateRange.rates(from: lowest, to: highest, steps: steps))
    }
}
