/// One axis of a coverage histogram, with named bins.
package struct CoverageAxis: Sendable, Equatable, Codable {
    /// Axis label.
    package let name: String
    /// Inner bin edges, ascending: a value on an edge belongs to the upper bin. The outermost bins are open.
    package let edges: [Double]
    /// Short label of each bin.
    package let labels: [String]

    package var count: Int { edges.count + 1 }

    package func bin(of value: Double) -> Int {
        // Few edges: linear search is as fast as binary search.
        edges.reduce(0) { $1 <= value ? $0 + 1 : $0 }
    }

    /// Yaw to the picture's left (negative) or right (positive), in bins of 10° centred on multiples of 10°.
    package static let yaw = degrees("turn", limit: 80)
    /// Pitch down (negative) or up (positive), in bins of 10° centred on multiples of 10°.
    package static let pitch = degrees("nod", limit: 40)

    /// Mouth opening divided by the distance of the outer eye corners, as `Openings.mouth`.
    package static let mouth = CoverageAxis(
        name: "mouth", edges: [0.02, 0.06, 0.12, 0.20, 0.30],
        labels: ["shut", "parted", "ajar", "open", "far open", "wide"])

    /// Eye opening divided by the person's median, which normalizes differences between people: eyes are open most of the
    /// time.
    package static let eyes = CoverageAxis(
        name: "eyes", edges: [0.30, 0.55, 0.80, 1.10],
        labels: ["shut", "nearly shut", "half open", "open", "wide"])

    private static func degrees(_ name: String, limit: Int) -> CoverageAxis {
        let centres = Array(stride(from: -limit, through: limit, by: 10))
        return CoverageAxis(
            name: name, edges: centres.dropLast().map { Double($0) + 5 }, labels: centres.map { "\($0)" })
    }
}
