import Foundation
import Workspace

/// What a short training at ever higher learning rates tells (the range test; Smith 2017): where the error falls
/// fastest, and where it breaks out.
package struct LearningRateRange: Sendable, Codable, Equatable {
    package struct Point: Sendable, Codable, Equatable {
        package var rate: Double
        /// Error inside the mask, meaned over people, and the same smoothed.
        package var error: Double
        package var smoothed: Double
    }

    package private(set) var points: [Point] = []
    /// Share of the smoothed error that a step keeps.
    private static let keep = 0.9
    /// How far above its least the smoothed error may rise.
    private static let breakOut = 2.0

    /// The rate at which the smoothed error falls fastest by the rate's logarithm; nil while nothing falls.
    package var suggestion: Double? {
        // Slopes of straight lines through an eighth of the points, so that no single step counts.
        let reach = max(3, points.count / 16)
        guard points.count > 2 * reach else { return nil }
        let slopes = (reach..<points.count - reach).map { middle in
            (points[middle].rate, Self.slope(points[middle - reach...middle + reach]))
        }
        guard let steepest = slopes.min(by: { $0.1 < $1.1 }), steepest.1 < 0 else { return nil }
        return steepest.0
    }

    /// Slope of the smoothed error by the rate's logarithm, by least squares.
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

    /// Rates that rise evenly by their logarithm.
    static func rates(from lowest: Double, to highest: Double, steps: Int) -> [Double] {
        (0..<steps).map { lowest * pow(highest / lowest, Double($0) / Double(max(1, steps - 1))) }
    }

    /// Takes down a step's error. Gives whether it is worth going on.
    mutating func add(rate: Double, error: Double) -> Bool {
        guard error.isFinite else { return false }
        // The mean of all so far, weighted by age, without a bias to the first.
        let weight = (1 - Self.keep) / (1 - pow(Self.keep, Double(points.count + 1)))
        let before = points.last?.smoothed ?? error
        points.append(Point(rate: rate, error: error, smoothed: before + (error - before) * weight))
        let least = points.map(\.smoothed).min() ?? error
        return points[points.count - 1].smoothed <= Self.breakOut * least
    }
}

extension Trainer {
    /// Trains a little at rising rates, from where the model in `folder` is, or afresh. Nothing is saved.
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
