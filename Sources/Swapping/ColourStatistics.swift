import Pictures

/// Mean and standard deviation of a masked picture's L*, a* and b*.
package struct ColourStatistics: Sendable, Codable, Equatable {
    package var mean: SIMD3<Float>
    package var deviation: SIMD3<Float>

    package init(mean: SIMD3<Float>, deviation: SIMD3<Float>) {
        (self.mean, self.deviation) = (mean, deviation)
    }

    /// Weighted by the mask. `nil` if the mask covers less than 16 pixels: too few for a measurement.
    package init?(_ lab: LabPicture, mask: Plane) {
        var (weight, sum, squares) = (0.0, SIMD3<Double>.zero, SIMD3<Double>.zero)
        for (index, amount) in mask.values.enumerated() where amount > 0 {
            let value = SIMD3(Double(lab.lightness[index]), Double(lab.a[index]), Double(lab.b[index]))
            weight += Double(amount)
            sum += value * Double(amount)
            squares += value * value * Double(amount)
        }
        guard weight >= 16 else { return nil }
        let mean = sum / weight
        let variance = (squares / weight - mean * mean).clamped(
            lowerBound: .zero, upperBound: SIMD3(repeating: .infinity))
        self.init(mean: SIMD3<Float>(mean), deviation: SIMD3<Float>(variance.squareRoot()))
    }

    /// Weighted mean of several; `nil` if there are none. Deviations are averaged directly: the mean contrast within a
    /// frame is wanted, not the drift of the mean between frames.
    package static func average(_ weighted: [(statistics: ColourStatistics, weight: Float)])
        -> ColourStatistics?
    {
        let total = weighted.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var result = ColourStatistics(mean: .zero, deviation: .zero)
        for (statistics, weight) in weighted {
            result.mean += statistics.mean * (weight / total)
            result.deviation += statistics.deviation * (weight / total)
        }
        return result
    }
}
