import Foundation

/// Rotation of a head, in degrees. All angles are 0 for a face that looks straight at the camera.
package struct HeadPose: Sendable, Codable, Equatable {
    /// Positive towards the picture's right.
    package var yaw: Float
    /// Positive upwards.
    package var pitch: Float
    /// Positive clockwise in the picture.
    package var roll: Float

    package init(yaw: Float, pitch: Float, roll: Float) {
        self.yaw = yaw
        self.pitch = pitch
        self.roll = roll
    }

    /// Rotation of the mean face that fits the rigid landmarks best, depth included (Horn 1987, by unit quaternions),
    /// decomposed as roll after pitch after yaw.
    package init(landmarks: FaceLandmarks) {
        let model = MeanFace.rigid.map { Vector($0.x, $0.y, $0.depth) }
        let seen = MeanFace.rigid.map {
            let point = landmarks.points[$0.landmark]
            return Vector(point.x, point.y, Double(landmarks.depths[$0.landmark]))
        }
        let rotation = Rotation(from: model, to: seen)
        // The face looks along −depth; its horizontal axis is +x.
        let forward = rotation(Vector(0, 0, -1))
        let across = rotation(Vector(1, 0, 0))
        let degrees = 180 / Double.pi
        yaw = Float(atan2(forward.x, -forward.z) * degrees)
        pitch = Float(-asin(min(1, max(-1, forward.y))) * degrees)
        roll = Float(atan2(across.y, across.x) * degrees)
    }
}
