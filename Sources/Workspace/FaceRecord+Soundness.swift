import Faces

extension FaceRecord {
    /// Whether all numbers are such as a face can have, so that whoever computes with them need not ask. Files from
    /// elsewhere and damaged ones hold others.
    package var isSound: Bool {
        func isPlace(_ value: Double) -> Bool { abs(value) <= FaceAlignment.farthest }
        let face = self.face
        let points = face.landmarks.points.allSatisfy { isPlace($0.x) && isPlace($0.y) }
        let depths = face.landmarks.depths.allSatisfy { isPlace(Double($0)) }
        let angles = [face.pose.yaw, face.pose.pitch, face.pose.roll].allSatisfy { abs($0) <= 360 }
        let counters = [frame, face.track].allSatisfy(CheckedRow.counters.contains)
        let box = [face.box.x, face.box.y, face.box.width, face.box.height].allSatisfy(isPlace)
        let measured = quality?.numbers.allSatisfy(\.isFinite) ?? true
        return points && depths && angles && counters && box && measured && time.isFinite
            && face.alignment.isSound && (steady?.isSound ?? true)
            && face.score.isFinite && face.landmarks.presence.isFinite
            && face.expression.coefficients.allSatisfy(\.isFinite)
            && (face.embedding?.values.allSatisfy(\.isFinite) ?? true) && (likeness?.isFinite ?? true)
    }
}

extension FaceAlignment {
    /// Pixels: no face lies farther from the picture's corner.
    fileprivate static let farthest = 1e7

    /// Whether a face can have this alignment.
    var isSound: Bool {
        // The face's width in pixels, and where its corner lies in widths.
        (1 / Self.farthest...1e3).contains(toUnit.scale)
            && [toUnit.tx, toUnit.ty].allSatisfy { abs($0) <= Self.farthest }
    }
}
