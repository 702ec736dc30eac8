extension ObservedFace {
    /// Interpolates linearly between two observations of a face.
    ///
    /// - Parameter share: 0 for the first, 1 for the second.
    package static func between(_ first: ObservedFace, _ second: ObservedFace, share: Double) -> ObservedFace
    {
        func mixed(_ a: Double, _ b: Double) -> Double { a + (b - a) * share }
        func mixed(_ a: Float, _ b: Float) -> Float { a + (b - a) * Float(share) }
        var face = first
        face.landmarks = FaceLandmarks(
            points: zip(first.landmarks.points, second.landmarks.points).map { $0 + ($1 - $0) * share },
            depths: zip(first.landmarks.depths, second.landmarks.depths).map { mixed($0, $1) },
            presence: min(first.landmarks.presence, second.landmarks.presence))
        face.box = face.landmarks.box
        let (a, b) = (first.alignment.toUnit, second.alignment.toUnit)
        face.alignment = FaceAlignment(
            toUnit: SimilarityTransform(
                a: mixed(a.a, b.a), b: mixed(a.b, b.b), tx: mixed(a.tx, b.tx), ty: mixed(a.ty, b.ty)))
        face.pose = HeadPose(
            yaw: mixed(first.pose.yaw, second.pose.yaw), pitch: mixed(first.pose.pitch, second.pose.pitch),
            roll: mixed(first.pose.roll, second.pose.roll))
        face.expression = Expression(
            coefficients: zip(first.expression.coefficients, second.expression.coefficients).map {
                mixed($0, $1)
            })
        face.embedding = nil
        return face
    }
}
