import Foundation

@testable import Faces

/// The mean face as landmarks, in unit squares: undefined points are at the centre of the face.
enum SyntheticFace {
    static let unit: FaceLandmarks = {
        var points = [Point](repeating: Point(0.5, 0.5), count: FaceLandmarks.count)
        var depths = [Float](repeating: 0, count: FaceLandmarks.count)
        for vertex in MeanFace.rigid + MeanFace.alignment {
            points[vertex.landmark] = Point(vertex.x, vertex.y)
            depths[vertex.landmark] = Float(vertex.depth)
        }
        return FaceLandmarks(points: points, depths: depths, presence: 1)
    }()

    /// The mean face from a distant camera: rotated in space (degrees, as `HeadPose`), then placed.
    static func turned(
        yaw: Double = 0, pitch: Double = 0, roll: Double = 0,
        placed: SimilarityTransform = SimilarityTransform(a: 120, b: 0, tx: 300, ty: 200)
    ) -> FaceLandmarks {
        var face = unit
        let (y, p, r) = (yaw * .pi / 180, pitch * .pi / 180, roll * .pi / 180)
        for index in face.points.indices {
            var v = Vector(face.points[index].x - 0.5, face.points[index].y - 0.5, Double(face.depths[index]))
            // Looking up: points in front (negative depth) move up (negative y).
            v = Vector(v.x, cos(p) * v.y + sin(p) * v.z, -sin(p) * v.y + cos(p) * v.z)
            // Turning to the picture's right: points in front move to positive x.
            v = Vector(cos(y) * v.x - sin(y) * v.z, v.y, sin(y) * v.x + cos(y) * v.z)
            v = Vector(cos(r) * v.x - sin(r) * v.y, sin(r) * v.x + cos(r) * v.y, v.z)
            face.points[index] = placed(Point(v.x, v.y))
            face.depths[index] = Float(v.z * placed.scale)
        }
        return face
    }
}
