import Faces
import Testing

@Suite("Gaze")
struct GazeTests {
    /// Eyes 40 pixels wide with irises at these places, in eye widths.
    private func face(right: SIMD2<Double>, left: SIMD2<Double>) -> FaceLandmarks {
        var points = [Point](repeating: Point(0, 0), count: FaceLandmarks.count)
        (points[33], points[133]) = (Point(100, 100), Point(140, 100))
        (points[362], points[263]) = (Point(180, 100), Point(220, 100))
        points[468] = Point(120 + 40 * right.x, 100 + 40 * right.y)
        points[473] = Point(200 + 40 * left.x, 100 + 40 * left.y)
        return FaceLandmarks(
            points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    }

    @Test("gaze is the iris's position in the eye's coordinates, independent of the face's position")
    func places() {
        let face = face(right: [0.2, -0.1], left: [-0.15, 0.05])
        let moved = face.transformed(by: SimilarityTransform(a: 1.2, b: -0.7, tx: 40, ty: -10))
        for gaze in [Gaze(face), Gaze(moved)] {
            let (right, left) = (gaze.rightEye - [0.2, -0.1], gaze.leftEye - [-0.15, 0.05])
            #expect((right * right).sum() < 1e-12 && (left * left).sum() < 1e-12)
            #expect(abs(gaze.vergence - 0.35) < 1e-9)
        }
    }
}
