import Faces
import Foundation

/// The square input region of the landmarker: rotated so that the eyes are level, larger than the face.
package struct FaceRegion: Sendable, Codable, Equatable {
    package var centre: Point
    /// Length of its sides, in picture pixels.
    package var side: Double
    /// Rotation in radians, clockwise.
    package var angle: Double

    package init(centre: Point, side: Double, angle: Double) {
        self.centre = centre
        self.side = side
        self.angle = angle
    }

    /// 1.3 times the detector's box, rotated by the eyes. For a first pass that a second one refines.
    package init(_ face: DetectedFace) {
        let eyes = face.points.count > 1 ? face.points[1] - face.points[0] : Point(1, 0)
        self.init(
            centre: face.box.centre, side: 1.3 * max(face.box.width, face.box.height),
            angle: atan2(eyes.y, eyes.x))
    }

    /// 1.5 times the box of the landmarks in coordinates rotated by the outer eye corners.
    package init(_ landmarks: FaceLandmarks) {
        let eyes = landmarks.points[263] - landmarks.points[33]
        let angle = atan2(eyes.y, eyes.x)
        let level = SimilarityTransform(a: cos(angle), b: -sin(angle), tx: 0, ty: 0)
        let box =
            Box(around: landmarks.points.map { level($0) }) ?? Box(x: 0, y: 0, width: 0, height: 0)
        self.init(centre: level.inverse(box.centre), side: 1.5 * max(box.width, box.height), angle: angle)
    }

    /// Whether the region is not empty.
    var isUsable: Bool {
        side > 1 && side.isFinite && centre.x.isFinite && centre.y.isFinite && angle.isFinite
    }

    /// Picture pixels → pixels of a square crop with sides of `size`.
    package func crop(size: Int) -> SimilarityTransform {
        let scale = Double(size) / side
        let (a, b) = (scale * cos(angle), -scale * sin(angle))
        let half = Double(size) / 2
        return SimilarityTransform(
            a: a, b: b, tx: half - (a * centre.x - b * centre.y), ty: half - (b * centre.x + a * centre.y))
    }
}
