import Foundation

/// The similarity threshold between one person and two, derived from a piece of footage.
///
/// The cosines at which clusters would be joined form a falling series: first those of one person's tracks, then those of
/// different people. The threshold is the middle of the widest gap of this series, measured as an angle, because faces are
/// distributed evenly around their person on the sphere and not along the cosine. The gap is searched between two levels
/// that depend on the footage: the variation within a track limits the similarity of one person, and the similarity of
/// people in the same frames limits that of different people.
///
/// Measured (SFace, means of tracks of two seconds): real people with themselves 0.73 to 0.97, different people -0.16 to
/// 0.39; rendered performers with themselves 0.83 to 0.97, with each other 0.36 to 0.73.
package struct LikenessThreshold: Sendable, Codable, Equatable {
    /// Cosine from which two tracks are one person's.
    package let value: Double
    /// The levels between which the gap was searched.
    package let lower: Double
    package let upper: Double

    /// Different people reach 0.41 once in 1000 pairs.
    static let floor = 0.40
    static let ceiling = 0.90
    /// If the footage's different people are less similar than the floor, the search extends down to them, but not further.
    static let leastLower = 0.10
    /// Distance of the lower level above the most similar people in the same frames, and its limit.
    static let margin = 0.05
    static let mostLower = 0.75

    /// - Parameters:
    ///   - given: a fixed threshold that overrides the footage.
    ///   - heights: mean cosines at which clusters would be joined.
    ///   - genuine: cosines of single faces to the mean of their track.
    ///   - impostors: cosines between tracks of people in the same frames.
    package init(given: Double? = nil, heights: [Double], genuine: [Double], impostors: [Double]) {
        if let given {
            (value, lower, upper) = (given, given, given)
            return
        }
        var lower = heights.filter { $0 < Self.floor }.max().map { max($0, Self.leastLower) } ?? Self.floor
        if let likest = impostors.max() { lower = max(lower, min(likest + Self.margin, Self.mostLower)) }
        var upper = Self.ceiling
        if genuine.count >= 5 {
            // Means vary less than single faces: the 5th percentile of the similarity to the track is a safe level.
            upper = min(upper, max(lower, genuine.sorted()[genuine.count / 20]))
        }
        let series = [upper] + heights.filter { $0 > lower && $0 < upper }.sorted(by: >) + [lower]
        let angles = series.map { acos(min(1, max(-1, $0))) }
        let gaps = zip(angles, angles.dropFirst())
        let widest = gaps.max { $0.1 - $0.0 < $1.1 - $1.0 } ?? (angles[0], angles[0])
        let middle = cos((widest.0 + widest.1) / 2)
        (value, self.lower, self.upper) = (max(middle, min(Self.floor, upper)), lower, upper)
    }
}
