import Faces
import Pictures

/// What finds faces in a picture.
package protocol FaceDetector {
    /// All faces that are surer than the detector's threshold, the surest first.
    func faces(in picture: Picture) throws -> [DetectedFace]
}

/// A face as a detector sees it.
package struct DetectedFace: Sendable, Codable, Equatable {
    /// In picture pixels.
    package var box: Box
    /// 0…1.
    package var score: Float
    /// The person's right eye, left eye, nose tip, right and left mouth corner, in picture pixels.
    package var points: [Point]

    package init(box: Box, score: Float, points: [Point]) {
        self.box = box
        self.score = score
        self.points = points
    }

    /// The same face in a picture that a transform has moved.
    package func transformed(by transform: SimilarityTransform) -> DetectedFace {
        let corners = [
            Point(box.x, box.y), Point(box.x + box.width, box.y), Point(box.x, box.y + box.height),
            Point(box.x + box.width, box.y + box.height),
        ]
        return DetectedFace(
            box: Box(around: corners.map { transform($0) }) ?? box, score: score,
            points: points.map { transform($0) })
    }

    /// Keeps the surest of faces that overlap (intersection over union above `limit`), the surest first.
    static func suppressed(_ faces: [DetectedFace], limit: Double = 0.3) -> [DetectedFace] {
        var kept: [DetectedFace] = []
        for face in faces.sorted(by: { $0.score > $1.score })
        where kept.allSatisfy({ $0.box.overlap(face.box) < limit }) {
            kept.append(face)
        }
        return kept
    }
}
