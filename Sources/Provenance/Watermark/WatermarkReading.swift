import Pictures

/// Where in a frame a mark was found, as fractions of its width and height.
package struct WatermarkPart: Sendable, Equatable, Codable {
    package let x: Double
    package let y: Double
    package let width: Double
    package let height: Double

    init(_ region: PixelRegion, of plane: Plane) {
        (x, width) = (Double(region.x) / Double(plane.width), Double(region.width) / Double(plane.width))
        (y, height) = (Double(region.y) / Double(plane.height), Double(region.height) / Double(plane.height))
    }

    package var isWhole: Bool { width == 1 && height == 1 }
}

/// What was read at one place and by one key, a mark or noise.
package struct WatermarkReading: Sendable, Equatable {
    /// How well the whole tile fits, in standard deviations of what frames without the mark give.
    package let score: Float
    /// Nil where the check bits do not fit.
    package let id: UInt32?
    package let round: WatermarkRound
    package let pose: WatermarkPose
    package let orientation: WatermarkOrientation
    package let part: WatermarkPart

    /// Whether it counts as a mark.
    package var counts: Bool { id != nil && score >= Float(round.threshold) }
}
