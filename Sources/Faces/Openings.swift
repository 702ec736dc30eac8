/// Openings of mouth and eyes, as ratios of distances in space between landmarks, nearly independent of the face's size and
/// pose.
package struct Openings: Sendable, Codable, Equatable {
    /// Gap between the inner lips over the distance of the outer eye corners: 0 closed, about 0.3 wide open.
    package var mouth: Float
    /// Gap between the lids over the eye's width, the person's left eye: below 0.1 closed, about 0.3 open.
    package var leftEye: Float
    /// The same for the person's right eye.
    package var rightEye: Float

    package init(_ landmarks: FaceLandmarks) {
        func ratio(_ gaps: [(Int, Int)], over width: (Int, Int)) -> Float {
            let gap = gaps.reduce(0) { $0 + landmarks.distance($1.0, $1.1) } / Double(gaps.count)
            let base = landmarks.distance(width.0, width.1)
            return base > 0 ? Float(gap / base) : 0
        }
        mouth = ratio([(13, 14)], over: (33, 263))
        leftEye = ratio([(386, 374), (385, 380), (387, 373)], over: (362, 263))
        rightEye = ratio([(159, 145), (158, 153), (160, 144)], over: (33, 133))
    }
}
