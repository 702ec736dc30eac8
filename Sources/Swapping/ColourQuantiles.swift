import Pictures

/// How a masked picture's L*, a* and b* are distributed, each for itself.
package struct ColourQuantiles: Sendable, Equatable {
    /// For each channel.
    package var channels: [Quantiles]

    /// Pixels of which the mask holds more than half count. Nil where they are too few.
    package init?(_ lab: LabPicture, mask: Plane) {
        let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
        channels = [lab.lightness, lab.a, lab.b].compactMap { channel in
            Quantiles(inside.map { channel[$0] })
        }
        guard channels.count == 3 else { return nil }
    }

    /// Weighted mean of several; nil for none.
    package static func average(_ weighted: [(quantiles: ColourQuantiles, weight: Float)]) -> ColourQuantiles?
    {
        guard var result = weighted.first?.quantiles else { return nil }
        for channel in result.channels.indices {
            result.channels[channel] = Quantiles(
                averageOf: weighted.map { ($0.quantiles.channels[channel], $0.weight) })
        }
        return result
    }

    /// The face with the target's distribution in each channel.
    package func matched(_ lab: LabPicture, to target: ColourQuantiles) -> LabPicture {
        func mapped(_ values: [Float], _ channel: Int) -> [Float] {
            values.map { channels[channel].mapped($0, to: target.channels[channel]) }
        }
        var result = lab
        result.lightness = mapped(lab.lightness, 0)
        result.a = mapped(lab.a, 1)
        result.b = mapped(lab.b, 2)
        return result
    }
}
