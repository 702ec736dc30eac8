import Faces

extension FaceRecord {
    /// Whether all numbers are valid for a face, so that other code need not check them. Imported and damaged files
    /// can contain invalid ones.
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
    /// Maximum coordinate of a face in pixels.
    fileprivate static let farthest = 1e7

    /// Whether the alignment is valid for a face.
    var isSound: Bool {
        // Face width in pixels, and position of its corner in face widths.
        (1 / Self.farthest...1e3).contains(toUnit.scale)
            && [toUnit.tx, toUnit.ty].allSatisfy { abs($0) <= Self.farthest }
    }
}
