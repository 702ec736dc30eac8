/// One axis of a coverage map: a figure cut into bins that have names.
package struct CoverageAxis: Sendable, Equatable, Codable {
    /// What the axis shows, for labels.
    package let name: String
    /// Inner edges, rising: a value on an edge belongs to the bin above it. The outermost bins are open.
    package let edges: [Double]
    /// A short label for each bin.
    package let labels: [String]

    package var count: Int { edges.count + 1 }

    package func bin(of value: Double) -> Int {
        // Few edges: a plain count is as quick as halving.
        edges.reduce(0) { $1 <= value ? $0 + 1 : $0 }
    }

    /// Turn to the picture's left (negative) or right, in bins of 10° around whole tens.
    package static let yaw = degrees("turn", limit: 80)
    /// Nod down (negative) or up, in bins of 10° around whole tens.
    package static let pitch = degrees("nod", limit: 40)

    /// Mouth opening over the distance of the outer eye corners, as `Openings.mouth`.
    package static let mouth = CoverageAxis(
        name: "mouth", edges: [0.02, 0.06, 0.12, 0.20, 0.30],
        labels: ["shut", "parted", "ajar", "open", "far open", "wide"])

    /// Eye opening over the person's usual one: the median, because eyes are open most of the time, and how far differs
    /// from person to person more than what the person does with them.
    package static let eyes = CoverageAxis(
        name: "eyes", edges: [0.30, 0.55, 0.80, 1.10],
        labels: ["shut", "nearly shut", "half open", "open", "wide"])

    private static func degrees(_ name: String, limit: Int) -> CoverageAxis {
        let centres = Array(stride(from: -limit, through: limit, by: 10))
        return CoverageAxis(
            name: name, edges: centres.dropLast().map { Double($0) + 5 }, labels: centres.map { "\($0)" })
    }
}
