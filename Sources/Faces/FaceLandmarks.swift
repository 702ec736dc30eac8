/// The dense landmarks of one face: 478 points in the order of MediaPipe's face mesh (468 of the surface, then five for
/// each iris).
package struct FaceLandmarks: Sendable, Codable, Equatable {
    /// Number of landmarks.
    package static let count = 478

    /// Positions in picture pixels.
    package var points: [Point]
    /// Depth of each point in picture pixels, growing away from the camera, with an arbitrary origin.
    package var depths: [Float]
    /// The landmarker's confidence that the picture contains a face, 0…1. Below 0.5 the points are meaningless.
    package var presence: Float

    /// - Precondition: `points` and `depths` hold `FaceLandmarks.count` values each.
    package init(points: [Point], depths: [Float], presence: Float) {
        precondition(points.count == Self.count && depths.count == Self.count, "a face has 478 landmarks")
        self.points = points
        self.depths = depths
        self.presence = presence
    }

    /// Transforms the landmarks to another coordinate system.
    package func transformed(by transform: SimilarityTransform) -> FaceLandmarks {
        let scale = Float(transform.scale)
        return FaceLandmarks(
            points: points.map { transform($0) }, depths: depths.map { $0 * scale }, presence: presence)
    }

    /// The smallest upright box around all points, in picture pixels.
    package var box: Box { Box(around: points) ?? Box(x: 0, y: 0, width: 0, height: 0) }

    /// Distance of two points in space, in picture pixels: does not shrink when the head turns.
    package func distance(_ i: Int, _ j: Int) -> Double {
        let (flat, depth) = (points[i] - points[j], Double(depths[i] - depths[j]))
        return (flat.x * flat.x + flat.y * flat.y + depth * depth).squareRoot()
    }
}

extension FaceLandmarks {
    private enum CodingKeys: CodingKey {
        case points, depths, presence
    }

    /// Rejects stored landmarks of another count instead of trapping later.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let points = try container.decode([Point].self, forKey: .points)
        let depths = try container.decode([Float].self, forKey: .depths)
        guard points.count == Self.count, depths.count == Self.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .points, in: container, debugDescription: "a face has \(Self.count) landmarks")
        }
        self.init(
            points: points, depths: depths, presence: try container.decode(Float.self, forKey: .presence))
    }
}
