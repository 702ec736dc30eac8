import Pictures

/// How a masked picture's L*, a* and b* are distributed: the value below which each share of the pixels lies.
///
/// Averages of these over frames are the distribution between the frames' (the barycentre of optimal transport on a
/// line), where averaged histograms would hold the peaks of all.
package struct ColourQuantiles: Sendable, Equatable {
    /// Shares at which values are kept: 0, 1/64, …, 1.
    static let steps = 64

    /// For each channel `steps + 1` values that do not fall.
    package var values: [[Float]]

    /// Pixels of which the mask holds more than half count. Nil for less than `steps` of them.
    package init?(_ lab: LabPicture, mask: Plane) {
        let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
        guard inside.count >= Self.steps else { return nil }
        values = [lab.lightness, lab.a, lab.b].map { channel in
            let sorted = inside.map { channel[$0] }.sorted()
            return (0...Self.steps).map { step in
                let place = Float(step) / Float(Self.steps) * Float(sorted.count - 1)
                let index = min(sorted.count - 2, Int(place))
                return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Float(index))
            }
        }
    }

    /// Weighted mean of several; nil for none.
    package static func average(_ weighted: [(quantiles: ColourQuantiles, weight: Float)]) -> ColourQuantiles?
    {
        let total = weighted.reduce(0) { $0 + $1.weight }
        guard total > 0, var result = weighted.first?.quantiles else { return nil }
        for channel in result.values.indices {
            for step in result.values[channel].indices {
                result.values[channel][step] =
                    weighted.reduce(0) { $0 + $1.quantiles.values[channel][step] * $1.weight } / total
            }
        }
        return result
    }

    /// The face with the target's distribution in each channel. Beyond what was seen the last difference stays.
    package func matched(_ lab: LabPicture, to target: ColourQuantiles) -> LabPicture {
        var result = lab
        result.lightness = Self.mapped(lab.lightness, values[0], target.values[0])
        result.a = Self.mapped(lab.a, values[1], target.values[1])
        result.b = Self.mapped(lab.b, values[2], target.values[2])
        return result
    }

    private static func mapped(_ channel: [Float], _ own: [Float], _ target: [Float]) -> [Float] {
        let last = own.count - 1
        return channel.map { value in
            if value <= own[0] { return value + target[0] - own[0] }
            if value >= own[last] { return value + target[last] - own[last] }
            var (low, high) = (0, last)
            while high - low > 1 {
                let middle = (low + high) / 2
                if own[middle] <= value { low = middle } else { high = middle }
            }
            let width = own[high] - own[low]
            let share = width > 0 ? (value - own[low]) / width : 0.5
            return target[low] + (target[high] - target[low]) * share
        }
    }
}
