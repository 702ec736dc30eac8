import Foundation

/// Where the likeness of one person ends and that of two begins, as a piece of footage shows it.
///
/// The cosines at which clusters would be joined form a falling series: first those of one person's tracks, then those of
/// different people. The threshold lies in the middle of the widest gap of this series, measured as an angle, because
/// faces spread evenly around their person on the sphere and not along the cosine. The gap is looked for between two
/// levels that the footage moves: a track shows how unlike itself one face becomes, and people who are in the picture
/// together show how alike strangers are here.
///
/// Measured (SFace, means of tracks of two seconds): real people with themselves 0.73 to 0.97, strangers -0.16 to 0.39;
/// rendered performers with themselves 0.83 to 0.97, with each other 0.36 to 0.73.
package struct LikenessThreshold: Sendable, Codable, Equatable {
    /// Cosine from which two are one person's.
    package let value: Double
    /// The levels between which the gap was looked for.
    package let lower: Double
    package let upper: Double

    /// Strangers reach 0.41 once in 1000 pairs.
    static let floor = 0.40
    static let ceiling = 0.90
    /// Where the strangers of the footage are less alike than the floor, the gap reaches down to them, but not further.
    static let leastLower = 0.10
    /// How far above the likest people seen together the lower level lies, and where it ends.
    static let margin = 0.05
    static let mostLower = 0.75

    /// - Parameters:
    ///   - given: decides instead of the footage.
    ///   - heights: mean cosines at which clusters would be joined.
    ///   - genuine: cosines of single faces to the mean of their track.
    ///   - impostors: cosines between tracks of people seen together.
    package init(given: Double? = nil, heights: [Double], genuine: [Double], impostors: [Double]) {
        if let given {
            (value, lower, upper) = (given, given, given)
            return
        }
        var lower = heights.filter { $0 < Self.floor }.max().map { max($0, Self.leastLower) } ?? Self.floor
        if let likest = impostors.max() { lower = max(lower, min(likest + Self.margin, Self.mostLower)) }
        var upper = Self.ceiling
        if genuine.count >= 5 {
            // Means vary less than single faces do: the twentieth that is least like its track is a safe level.
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
