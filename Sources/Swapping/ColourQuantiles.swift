import Pictures

/// Separate distributions of L*, a* and b* of a masked picture.
package struct ColourQuantiles: Sendable, Equatable {
    /// One distribution per channel.
    package var channels: [Quantiles]

    /// Counts pixels with a mask value above 0.5. `nil` if there are too few.
    package init?(_ lab: LabPicture, mask: Plane) {
        let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
        channels = [lab.lightness, lab.a, lab.b].compactMap { channel in
            Quantiles(inside.map { channel[$0] })
        }
        guard channels.count == 3 else { return nil }
    }

    /// Weighted mean of several; `nil` if there are none.
    package static func average(_ weighted: [(quantiles: ColourQuantiles, weight: Float)]) -> ColourQuantiles?
    {
        guard var result = weighted.first?.quantiles else { return nil }
        for channel in result.channels.indices {
            result.channels[channel] = Quantiles(
                averageOf: weighted.map { ($0.quantiles.channels[channel], $0.weight) })
        }
        return result
    }

    /// Maps each channel of the face to the target's distribution.
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
