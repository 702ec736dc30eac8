import Faces
import Workspace

/// Decides whose set it is, and which faces are that person's.
///
/// People are told apart by their tracks (`IdentitySearch`); the one seen in the most frames wins, or the one most like
/// the reference.
struct IdentityChoice {
    /// Cosine from which two tracks are one person's; nil: the footage decides.
    let likeness: Double?
    let minimumWidth: Double

    /// A reference picture, often of another day, shows the person when the cosine to a track is at least this.
    static let referenceLikeness: Float = 0.35

    struct Result: Equatable {
        /// Nil only where no face has an embedding.
        var identity: Embedding?
        /// Why each face is left out; nil for those that stay.
        var verdicts: [Int64: FaceRecord.Rejection?]
        /// Number of people told apart.
        var people: Int
        /// Highest cosine of any track to the reference, where there is one.
        var likenessToReference: Float?
    }

    func callAsFunction(_ detections: [FaceDetection], reference: Embedding?) -> Result {
        let tracks = SeenTrack.tracks(of: detections)
        let found = IdentitySearch(likeness: likeness)(tracks)
        let people = Self.people(of: tracks, found.people)
        let chosen = reference.flatMap { Self.mostSimilar(people, to: $0) } ?? people.max { $0.frames < $1.frames }
        // Where nobody was recognised, all are taken for one.
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
