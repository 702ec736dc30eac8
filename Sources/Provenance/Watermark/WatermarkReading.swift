import Pictures

/// The region of a frame in which a mark was found, as fractions of its width and height.
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

/// A decoded reading at one place with one key, a mark or noise.
package struct WatermarkReading: Sendable, Equatable {
    /// Match of the whole tile, in standard deviations of the score of unmarked frames.
    package let score: Float
    /// `nil` if the CRC does not match.
    package let id: UInt32?
    package let round: WatermarkRound
    package let pose: WatermarkPose
    package let orientation: WatermarkOrientation
    package let part: WatermarkPart

    /// Whether the reading is a valid mark.
    package var counts: Bool { id != nil && score >= Float(round.threshold) }
}
