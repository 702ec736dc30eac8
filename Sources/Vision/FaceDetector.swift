import Faces
import Pictures

/// Detects faces in a picture.
package protocol FaceDetector {
    /// Returns all faces above the detector's threshold, by falling score.
    func faces(in picture: Picture) throws -> [DetectedFace]
}

/// A face detection.
package struct DetectedFace: Sendable, Codable, Equatable {
    /// Bounding box in picture pixels.
    package var box: Box
    /// Score, 0…1.
    package var score: Float
    /// The person's right eye, left eye, nose tip, right and left mouth corner, in picture pixels.
    package var points: [Point]

    package init(box: Box, score: Float, points: [Point]) {
        self.box = box
        self.score = score
        self.points = points
    }

    /// The detection after a transform of the picture.
    package func transformed(by transform: SimilarityTransform) -> DetectedFace {
        let corners = [
            Point(box.x, box.y), Point(box.x + box.width, box.y), Point(box.x, box.y + box.height),
            Point(box.x + box.width, box.y + box.height),
        ]
        return DetectedFace(
            box: Box(around: corners.map { transform($0) }) ?? box, score: score,
            points: points.map { transform($0) })
    }

    /// Non-maximum suppression: keeps the highest-scoring of overlapping faces (intersection over union above `limit`), by
    /// falling score.
    static func suppressed(_ faces: [DetectedFace], limit: Double = 0.3) -> [DetectedFace] {
        var kept: [DetectedFace] = []
        for face in faces.sorted(by: { $0.score > $1.score })
        where kept.allSatisfy({ $0.box.overlap(face.box) < limit }) {
            kept.append(face)
        }
        return kept
    }
}
