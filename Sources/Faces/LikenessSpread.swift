import Pictures

/// Distribution of the similarity of a set's faces to its person, and the limit below which faces belong to someone else.
package struct LikenessSpread: Sendable, Equatable {
    /// Median of the set's similarities.
    package let median: Double
    /// Faces below this belong to another person.
    package let least: Double

    /// An outlier of its own set may still be a turned, occluded or blurred face. Faces of other people have about 0.1, and
    /// 99.9 % of them less than 0.41; the set's own distribution decides between these limits.
    static let bounds = 0.10...0.40
    /// Below this a face has no similarity with the person at any pose.
    package static var lowest: Double { bounds.lowerBound }
    /// Number of standard deviations (from the median absolute deviation, Hampel 1974) of an outlier.
    static let far = 6.0

    /// `nil` for a set without similarities.
    package init?(_ likenesses: [Double]) {
        guard let middle = likenesses.median() else { return nil }
        let deviation = 1.4826 * (likenesses.map { abs($0 - middle) }.median() ?? 0)
        median = middle
        least = min(
            max(middle - Self.far * max(deviation, 0.02), Self.bounds.lowerBound), Self.bounds.upperBound)
    }

    /// The least similarity of a track in other footage that still belongs to the set's person.
    ///
    /// Another clip of the same session is up to 0.1 below the set's own median; other light, or other years, were not
    /// measured, and have the rest of the 0.3. Of 4 560 pairs of 96 people's photographs, one pair that is certainly of two
    /// people exceeds 0.45; faces of one renderer reach 0.58 (Documentation/Figures.md). A missed person can be corrected
    /// by extracting the footage; a replaced face of another person cannot.
    package var leastElsewhere: Float {
        Float(min(max(median - 0.3, Self.elsewhere.lowerBound), Self.elsewhere.upperBound))
    }
    package static let elsewhere = 0.45...0.60
}
