import Faces

/// A track: consecutive detections of one person.
package struct SeenTrack: Sendable, Equatable {
    package struct Key: Sendable, Hashable, Comparable {
        package let clip: Int64
        package let track: Int

        package init(clip: Int64, track: Int) { (self.clip, self.track) = (clip, track) }

        package static func < (a: Key, b: Key) -> Bool { (a.clip, a.track) < (b.clip, b.track) }
    }

    package let key: Key
    package let faces: [FaceDetection]
    /// Identity embedding; `nil` if no face of the track has one.
    package let identity: TrackIdentity?

    package init(key: Key, faces: [FaceDetection]) {
        (self.key, self.faces) = (key, faces)
        identity = TrackIdentity(
            faces.compactMap { face in face.embedding.map { ($0, face.weight) } })
    }

    /// Tracks of detections, ordered by clip and track.
    package static func tracks(of detections: [FaceDetection]) -> [SeenTrack] {
        Dictionary(grouping: detections) { Key(clip: $0.clip, track: $0.track) }
            .map { SeenTrack(key: $0.key, faces: $0.value) }
            .sorted { $0.key < $1.key }
    }
}
