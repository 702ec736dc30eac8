/// A distribution of numbers, as its quantiles.
///
/// The mean of several distributions lies between them (the barycentre of optimal transport on a line); the mean of
/// histograms would contain the peaks of all.
package struct Quantiles: Sendable, Equatable {
    /// Shares at which values are kept: 0, 1/64, …, 1.
    static let steps = 64

    /// `steps + 1` non-decreasing values.
    package var values: [Float]

    /// `nil` for less than `steps` numbers.
    init?(_ numbers: [Float]) {
        guard numbers.count >= Self.steps else { return nil }
        let sorted = numbers.sorted()
        values = (0...Self.steps).map { step in
            let place = Float(step) / Float(Self.steps) * Float(sorted.count - 1)
            let index = min(sorted.count - 2, Int(place))
            return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Float(index))
        }
    }

    /// Weighted mean of at least one distribution.
    init(averageOf weighted: [(quantiles: Quantiles, weight: Float)]) {
        let total = weighted.reduce(0) { $0 + $1.weight }
        values = (0...Self.steps).map { step in
            weighted.reduce(0) { $0 + $1.quantiles.values[step] * $1.weight } / total
        }
    }

    /// Maps a number of this distribution to another. Beyond the extremes the last difference is used.
    func mapped(_ value: Float, to target: Quantiles) -> Float {
        let last = Self.steps
        if value <= values[0] { return value + target.values[0] - values[0] }
        if value >= values[last] { return value + target.values[last] - values[last] }
        var (low, high) = (0, last)
        while high - low > 1 {
            let middle = (low + high) / 2
            if values[middle] <= value { low = middle } else { high = middle }
        }
        let width = values[high] - values[low]
        let share = width > 0 ? (value - values[low]) / width : 0.5
        return target.values[low] + (target.values[high] - target.values[low]) * share
    }
}
