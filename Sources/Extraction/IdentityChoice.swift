import Faces
import Workspace

/// Decides whose set it is, and which faces are that person's.
///
/// Tracks, not single faces, are compared: a profile or a blurred frame says little about who it is, the mean of a track
/// says much. Tracks are gathered around the longest ones (leader clustering, Hartigan 1975); the person seen in the most
/// frames wins, or the one most like the reference.
struct IdentityChoice {
    /// Cosine from which two means are one person's.
    let likeness: Float
    let minimumWidth: Double

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

    private struct Track {
        var faces: [Sighting]
        let mean: Embedding?
    }

    private struct Key: Hashable {
        let clip: Int64
        let track: Int
    }

    func callAsFunction(_ sightings: [Sighting], reference: Embedding?) -> Result {
        let tracks = Dictionary(grouping: sightings) { Key(clip: $0.clip, track: $0.track) }
            .sorted {
                ($0.value.count, $1.key.clip, $1.key.track) > ($1.value.count, $0.key.clip, $0.key.track)
            }
            .map { Track(faces: $0.value, mean: Embedding.mean(of: $0.value.compactMap(\.embedding))) }
        let people = gather(tracks)
        let closest = reference.map { reference in
            tracks.compactMap { $0.mean?.cosine(reference) }.max() ?? -1
        }
        let identity: Embedding?
        if let reference {
            // The person in the videos says more about the person in the videos than the reference does.
            identity =
                people.filter { $0.centre.cosine(reference) >= likeness }
                .max { $0.centre.cosine(reference) < $1.centre.cosine(reference) }?.centre ?? reference
        } else {
            identity = people.max { $0.frames < $1.frames }?.centre
        }
        return Result(
            identity: identity, verdicts: judge(tracks, identity), people: people.count,
            likenessToReference: closest)
    }

    /// People as the mean embedding of their tracks, weighted by length.
    private func gather(_ tracks: [Track]) -> [(centre: Embedding, frames: Int)] {
        var people: [(sum: [Float], frames: Int)] = []
        for track in tracks {
            guard let mean = track.mean else { continue }
            let likest = people.indices.map { ($0, Embedding(values: people[$0].sum).cosine(mean)) }
                .max { $0.1 < $1.1 }
            let weighted = mean.values.map { $0 * Float(track.faces.count) }
            if let (person, cosine) = likest, cosine >= likeness {
                people[person].sum = zip(people[person].sum, weighted).map(+)
                people[person].frames += track.faces.count
            } else {
                people.append((weighted, track.faces.count))
            }
        }
        return people.map { (Embedding(values: $0.sum), $0.frames) }
    }

    private func judge(_ tracks: [Track], _ identity: Embedding?) -> [Int64: FaceRecord.Rejection?] {
        struct Place: Hashable {
            let clip: Int64
            let frame: Int
        }
        var verdicts: [Int64: FaceRecord.Rejection?] = [:]
        var best: [Place: (id: Int64, likeness: Float)] = [:]
        for track in tracks {
            // A track that was never recognised stays unless the same frame has a recognised one.
            let cosine = identity.flatMap { track.mean?.cosine($0) } ?? (track.mean == nil ? likeness : -1)
            for face in track.faces {
                if face.faceWidth < minimumWidth {
                    verdicts[face.id] = .some(.tooSmall)
                } else if cosine < likeness {
                    verdicts[face.id] = .some(.otherPerson)
                } else {
                    let place = Place(clip: face.clip, frame: face.frame)
                    if let rival = best[place] {
                        let loser = rival.likeness >= cosine ? face.id : rival.id
                        verdicts[loser] = .some(.duplicate)
                        if loser == face.id { continue }
                    }
                    best[place] = (face.id, cosine)
                    verdicts.updateValue(nil, forKey: face.id)
                }
            }
        }
        return verdicts
    }
}
