import Pictures

/// Matches a face's colours to the target's: mean and deviation of each channel in L*a*b* (Reinhard et al. 2001, there in
/// lαβ).
package struct ColourMatch: Sendable, Codable, Equatable {
    /// Strength: 0 leaves the colours, 1 takes the target's mean and deviation.
    package var meanStrength: Float
    package var deviationStrength: Float
    /// Limits of the gain of the deviation, so that a flat face is not amplified to noise.
    package var gains: ClosedRange<Float>

    package init(
        meanStrength: Float = 1, deviationStrength: Float = 1, gains: ClosedRange<Float> = 0.6...1.6
    ) {
        (self.meanStrength, self.deviationStrength, self.gains) = (meanStrength, deviationStrength, gains)
    }

    package static let none = ColourMatch(meanStrength: 0, deviationStrength: 0)

    package func matched(
        _ lab: LabPicture, from own: ColourStatistics, to target: ColourStatistics
    ) -> LabPicture {
        var result = lab
        result.lightness = mapped(lab.lightness, curve(own, target, 0))
        result.a = mapped(lab.a, curve(own, target, 1))
        result.b = mapped(lab.b, curve(own, target, 2))
        return result
    }

    /// new = gain · (old − own mean) + new mean
    private func curve(_ own: ColourStatistics, _ target: ColourStatistics, _ channel: Int) -> (Float, Float)
    {
        let ratio = own.deviation[channel] > 1e-3 ? target.deviation[channel] / own.deviation[channel] : 1
        let gain = 1 + deviationStrength * (min(gains.upperBound, max(gains.lowerBound, ratio)) - 1)
        let mean = own.mean[channel] + meanStrength * (target.mean[channel] - own.mean[channel])
        return (gain, mean - gain * own.mean[channel])
    }

    private func mapped(_ values: [Float], _ curve: (gain: Float, offset: Float)) -> [Float] {
        values.map { $0 * curve.gain + curve.offset }
    }
}
