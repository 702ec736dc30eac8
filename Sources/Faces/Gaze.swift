/// Gaze of each eye: the iris's centre in the eye's coordinate system.
///
/// The origin is the midpoint of the eye's corners, the x axis points along the line through both to the picture's right, y
/// downwards, and the unit is the distance between the corners.
package struct Gaze: Sendable, Equatable {
    package var rightEye: SIMD2<Double>
    package var leftEye: SIMD2<Double>

    package init(_ landmarks: FaceLandmarks) {
        func iris(_ centre: Int, _ first: Int, _ second: Int) -> SIMD2<Double> {
            let (a, b) = (landmarks.points[first], landmarks.points[second])
            let (width, offset) = (b - a, landmarks.points[centre] - (a + b) * 0.5)
            let length = width.x * width.x + width.y * width.y
            guard length > 0 else { return .zero }
            return SIMD2(
                (offset.x * width.x + offset.y * width.y) / length,
                (offset.y * width.x - offset.x * width.y) / length)
        }
        rightEye = iris(468, 33, 133)
        leftEye = iris(473, 362, 263)
    }

    /// Horizontal position of the right iris minus that of the left one: larger when the eyes converge.
    package var vergence: Double { rightEye.x - leftEye.x }
}
