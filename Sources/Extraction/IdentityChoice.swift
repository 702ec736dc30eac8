import Faces
import Workspace

/// Chooses the person of a set and the faces of this person.
///
/// Tracks are clustered into people (`IdentitySearch`); chooses the person in the most frames, or the one most similar to the
/// reference.
struct IdentityChoice {
    /// Minimum cosine similarity of two tracks of one person; `nil`: derived from the footage.
    let likeness: Double?
    let minimumWidth: Double

    /// Minimum cosine similarity of a track to a reference picture, which is often from another day.
    static let referenceLikeness: Float = 0.35

    struct Result: Equatable {
        /// Identity of the person; `nil` only if no face has an embedding.
        var identity: Embedding?
        /// Reason for the rejection of each face; `nil` for included ones.
        var verdicts: [Int64: FaceRecord.Rejection?]
        /// Number of distinct people.
        var people: Int
        /// Highest cosine similarity of any track to the reference, if there is one.
        var likenessToReference: Float?
    }

    func callAsFunction(_ detections: [FaceDetection], reference: Embedding?) -> Result {
        let tracks = SeenTrack.tracks(of: detections)
        let found = IdentitySearch(likeness: likeness)(tracks)
        let people = Self.people(of: tracks, found.people)
        let chosen =
            reference.flatMap { Self.mostSimilar(people, to: $0) } ?? people.max { $0.frames < $1.frames }
        // Without embeddings, all tracks are treated as one person.
        let own = chosen?.tracks ?? (people.isEmpty ? tracks : [])
        var verdicts = PersonVerdicts(minimumWidth: minimumWidth)(own, identity: chosen?.centre)
        for face in detections where verdicts[face.id] == nil {
            verdicts[face.id] = .some(face.faceWidth < minimumWidth ? .tooSmall : .otherPerson)
        }
        return Result(
            identity: chosen?.centre, verdicts: verdicts, people: people.count,
            likenessToReference: reference.map { reference in
                tracks.compactMap { $0.identity?.mean.cosine(reference) }.max() ?? -1
            })
    }

    struct Person {
        let tracks: [SeenTrack]
        let centre: Embedding
        var frames: Int { tracks.reduce(0) { $0 + $1.faces.count } }
    }

    private static func people(of tracks: [SeenTrack], _ numbers: [Int?]) -> [Person] {
        Dictionary(grouping: tracks.indices.filter { numbers[$0] != nil }) { numbers[$0] ?? 0 }
            .sorted { $0.key < $1.key }
            .compactMap { _, members in
                let own = members.map { tracks[$0] }
                return TrackIdentity.joined(own.compactMap(\.identity)).map {
                    Person(tracks: own, centre: $0.mean)
                }
            }
    }

    private static func mostSimilar(_ people: [Person], to reference: Embedding) -> Person? {
        people.max { $0.centre.cosine(reference) < $1.centre.cosine(reference) }
    }
}
