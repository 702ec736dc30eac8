import Pictures

/// How like its person each face of a set is, and which are so unlike that they must be someone else's.
package struct LikenessSpread: Sendable, Equatable {
    /// Middle of the set's likenesses.
    package let median: Double
    /// Faces below are another person's.
    package let least: Double

    /// A face far down its own set's spread may still be a turned, covered or blurred one. Real strangers lie around 0.1,
    /// and 99.9 % of them below 0.41; the set's own spread decides between these bounds.
    static let bounds = 0.10...0.40
    /// Below this nothing of the person is in a face, however it is turned.
    package static var lowest: Double { bounds.lowerBound }
    /// How many standard deviations (from the median absolute deviation, Hampel 1974) are far.
    static let far = 6.0

    /// Nil for a set without likenesses.
    package init?(_ likenesses: [Double]) {
        guard let middle = likenesses.median() else { return nil }
        let deviation = 1.4826 * (likenesses.map { abs($0 - middle) }.median() ?? 0)
        median = middle
        least = min(
            max(middle - Self.far * max(deviation, 0.02), Self.bounds.lowerBound), Self.bounds.upperBound)
    }

    /// The least likeness of a track in other footage that is still the set's person.
    ///
    /// Another clip of the same session lies up to 0.1 below the set's own middle; other light, or other years, were not
    /// measured, and have the rest of the 0.3. Of 4 560 pairs of 96 people's photographs one that is surely of two people
    /// lies above 0.45; faces of one renderer reach 0.58 (Documentation/Figures.md). To leave the person alone can be mended by
    /// extracting the footage; to replace somebody else cannot.
    package var leastElsewhere: Float {
        Float(min(max(median - 0.3, Self.elsewhere.lowerBound), Self.elsewhere.upperBound))
    }
    package static let elsewhere = 0.45...0.60
}
