import Faces

/// Assigns faces to people: a person's face is the one whose track is most similar to the person's identity.
struct FaceChoice {
    /// Mean embedding of each person's faces; `nil` selects the largest face.
    let identities: [Embedding?]
    /// Tracks below this cosine similarity to every person are other people and stay unchanged.
    private let least: [Float]
    private var tracks: [Int: Track] = [:]

    private struct Track {
        var sums: [Float]
        var count = 0
        var last: Int
    }

    private struct Match {
        let person: Int
        let face: ObservedFace
        let likeness: Float
    }

    init(_ roles: [SwapRole]) { (identities, least) = (roles.map(\.identity), roles.map(\.least)) }

    /// Adds a frame's embeddings to the tracks.
    mutating func learn(_ faces: [ObservedFace], frame: Int) {
        for face in faces {
            var track = tracks[face.track] ?? Track(sums: identities.map { _ in 0 }, last: frame)
            if let embedding = face.embedding {
                for (person, identity) in identities.enumerated() {
                    if let identity { track.sums[person] += embedding.cosine(identity) }
                }
                track.count += 1
            }
            track.last = frame
            tracks[face.track] = track
        }
        if tracks.count > 256 { tracks = tracks.filter { frame - $0.value.last < 500 } }
    }

    /// Selects each person's face among those of a frame; `nil` if none matches. A face is assigned to one person at most.
    func faces(of faces: [ObservedFace]) -> [ObservedFace?] {
        let matches = identities.indices.flatMap { person in
            faces.compactMap { face in
                likeness(of: face, to: person).map { Match(person: person, face: face, likeness: $0) }
            }
        }
        var result = [ObservedFace?](repeating: nil, count: identities.count)
        var taken: Set<Int> = []
        let order = matches.filter { $0.likeness >= least[$0.person] }.sorted { a, b in
            a.likeness != b.likeness ? a.likeness > b.likeness : a.face.box.area > b.face.box.area
        }
        for match in order where result[match.person] == nil && !taken.contains(match.face.track) {
            result[match.person] = match.face
            taken.insert(match.face.track)
        }
        return result
    }

    /// Greatest similarity of a frame's faces to each person; `nil` if unknown.
    func likenesses(of faces: [ObservedFace]) -> [Float?] {
        identities.indices.map { person in
            guard identities[person] != nil else { return nil }
            return faces.compactMap { face in
                tracks[face.track].flatMap { $0.count > 0 ? $0.sums[person] / Float($0.count) : nil }
            }.max()
        }
    }

    /// A single person without an identity matches every face just well enough. A face of unknown identity never matches a
    /// person with an identity.
    private func likeness(of face: ObservedFace, to person: Int) -> Float? {
        guard identities[person] != nil else { return identities.count == 1 ? least[person] : nil }
        guard let track = tracks[face.track], track.count > 0 else { return nil }
        return track.sums[person] / Float(track.count)
    }
}
