import Faces

extension FaceRecord {
    /// Whether all numbers are such as a face can have, so that whoever computes with them need not ask. Files from
    /// elsewhere and damaged ones hold others.
    package var isSound: Bool {
        let longest = 1e7  // pixels
        func isPlace(_ value: Double) -> Bool { abs(value) <= longest }
        func isAlignment(_ alignment: FaceAlignment) -> Bool {
            let unit = alignment.toUnit
            // The face's width in pixels, and where its corner lies in widths.
            return (1 / longest...1e3).contains(unit.scale) && isPlace(unit.tx) && isPlace(unit.ty)
        }
        let face = self.face
        let points = face.landmarks.points.allSatisfy { isPlace($0.x) && isPlace($0.y) }
        let depths = face.landmarks.depths.allSatisfy { isPlace(Double($0)) }
        let angles = [face.pose.yaw, face.pose.pitch, face.pose.roll].allSatisfy { abs($0) <= 360 }
        let counters = [frame, face.track].allSatisfy { (0...Int(Int32.max)).contains($0) }
        let box = [face.box.x, face.box.y, face.box.width, face.box.height].allSatisfy(isPlace)
        let measured = quality?.numbers.allSatisfy(\.isFinite) ?? true
        return points && depths && angles && counters && box && measured && time.isFinite
            && isAlignment(face.alignment) && (steady.map(isAlignment) ?? true)
            && face.score.isFinite && face.landmarks.presence.isFinite
            && face.expression.coefficients.allSatisfy(\.isFinite)
            && (face.embedding?.values.allSatisfy(\.isFinite) ?? true) && (likeness?.isFinite ?? true)
    }
}
