import Faces

/// Numeric columns of a packed set.
struct PackedColumns {
    private var expression: [Float] = []
    private var pose: [Float] = []
    private var openings: [Float] = []
    private var measures: [FaceMeasures] = []
    private var time: [Double] = []
    private var clip: [Int32] = []
    private var frame: [Int32] = []
    private var track: [Int32] = []

    var count: Int { time.count }

    mutating func append(_ record: FaceRecord) {
        let face = record.face
        expression += face.expression.coefficients
        pose += [face.pose.yaw, face.pose.pitch, face.pose.roll]
        let open = face.openings
        openings += [open.mouth, open.leftEye, open.rightEye]
        measures.append(FaceMeasures(landmarks: face.landmarks, expression: face.expression))
        time.append(record.time)
        clip.append(Int32(clamping: record.clip))
        frame.append(Int32(clamping: record.frame))
        track.append(Int32(clamping: face.track))
    }

    /// Smooths the measures along each track.
    mutating func smoothMeasures() {
        struct Key: Hashable { let clip, track: Int32 }
        let tracks = Dictionary(grouping: measures.indices) { Key(clip: clip[$0], track: track[$0]) }
        let raw = measures
        for faces in tracks.values {
            let smooth = FaceMeasures.smoothed(faces.map { raw[$0] }, frames: faces.map { Int(frame[$0]) })
            for (face, value) in zip(faces, smooth) { measures[face] = value }
        }
    }

    func bytes(_ name: String) -> [UInt8] {
        func raw<Value>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }
        switch name {
        case "expression": return raw(expression)
        case "pose": return raw(pose)
        case "openings": return raw(openings)
        case "measures": return raw(measures.flatMap(\.values))
        case "time": return raw(time)
        case "clip": return raw(clip)
        case "frame": return raw(frame)
        default: return raw(track)
        }
    }
}
