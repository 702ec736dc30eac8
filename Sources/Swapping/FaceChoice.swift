import Faces

/// Which of several faces is the target's: the one whose track is most like the target's identity.
struct FaceChoice {
    /// Mean embedding of the target's faces; nil takes the largest face.
    let identity: Embedding?
    /// Tracks less like it than this are other people and stay as they are. SFace's cosine: two pictures of one person
    /// lie above about 0.36, of two people around 0.
    let minimum: Float
    private var tracks: [Int: (sum: Float, count: Int, last: Int)] = [:]

    init(identity: Embedding?, minimum: Float) {
        (self.identity, self.minimum) = (identity, minimum)
    }

    /// Takes note of a frame's embeddings.
    mutating func learn(_ faces: [ObservedFace], frame: Int) {
        for face in faces {
            var entry = tracks[face.track] ?? (0, 0, frame)
            if let identity, let embedding = face.embedding {
                entry.sum += embedding.cosine(identity)
                entry.count += 1
            }
            entry.last = frame
            tracks[face.track] = entry
        }
        if tracks.count > 256 { tracks = tracks.filter { frame - $0.value.last < 500 } }
    }

    /// The face to swap; nil when every one is someone else's.
    func face(of faces: [ObservedFace]) -> ObservedFace? {
        let known = faces.map { ($0, likeness(of: $0)) }
        let candidates = known.filter { $0.1.map { $0 >= minimum } ?? true }
        // A face of unknown identity ranks as one just like enough.
        return candidates.max { a, b in
            let (left, right) = (a.1 ?? minimum, b.1 ?? minimum)
            return left != right ? left < right : a.0.box.area < b.0.box.area
        }?.0
    }

    private func likeness(of face: ObservedFace) -> Float? {
        guard identity != nil, let entry = tracks[face.track], entry.count > 0 else { return nil }
        return entry.sum / Float(entry.count)
    }
}
