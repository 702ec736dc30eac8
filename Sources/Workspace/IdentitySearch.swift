import Faces

/// Clusters the tracks of footage into people by identity embeddings.
package struct IdentitySearch: Sendable {
    package struct Result: Sendable, Equatable {
        /// Person number of each track; known people have the first numbers. `nil`: unidentified.
        package var people: [Int?]
        package var threshold: LikenessThreshold
    }

    /// Number of common frames from which two tracks belong to different people; the tracker may briefly detect a face twice.
    static let shared = 3

    private let grouping: IdentityGrouping

    /// - Parameter likeness: minimum cosine similarity of two tracks of one person; `nil`: derived from the footage.
    package init(likeness: Double? = nil) { grouping = IdentityGrouping(likeness: likeness) }

    /// - Parameter known: tracks of the set of each known person.
    package func callAsFunction(_ tracks: [SeenTrack], known: [[SeenTrack]] = []) -> Result {
        let recognised = tracks.indices.filter { tracks[$0].identity != nil }
        let persons = known.map { TrackIdentity.joined($0.compactMap(\.identity)) }
        // A known person without an embedding keeps its number but cannot match any track.
        let placeholder = TrackIdentity(mean: Embedding(values: []), weight: 0)
        let candidates =
            persons.map { IdentityGrouping.Candidate($0 ?? placeholder, isKnown: true) }
            + recognised.compactMap { tracks[$0].identity.map { IdentityGrouping.Candidate($0) } }
        let together = Self.together(known.map { $0.flatMap(\.faces) } + recognised.map { tracks[$0].faces })
        let groups = grouping(candidates, together: together)
        var people = [Int?](repeating: nil, count: tracks.count)
        for (place, track) in recognised.enumerated() { people[track] = groups.people[known.count + place] }
        adoptNameless(tracks, known, &people)
        return Result(people: people, threshold: groups.threshold)
    }

    private struct Place: Hashable {
        let clip: Int64
        let frame: Int
    }

    /// For each group of faces, the groups that occur in the same frames.
    private static func together(_ groups: [[FaceDetection]]) -> [Set<Int>] {
        var seen: [Place: [Int]] = [:]
        for (group, faces) in groups.enumerated() {
            for place in Set(faces.map { Place(clip: $0.clip, frame: $0.frame) }) {
                seen[place, default: []].append(group)
            }
        }
        var counts: [[Int]: Int] = [:]
        for groups in seen.values where groups.count > 1 {
            for (place, first) in groups.enumerated() {
                for second in groups[(place + 1)...] {
                    counts[[min(first, second), max(first, second)], default: 0] += 1
                }
            }
        }
        var result = [Set<Int>](repeating: [], count: groups.count)
        for (pair, count) in counts where count >= min(shared, groups[pair[0]].count, groups[pair[1]].count) {
            result[pair[0]].insert(pair[1])
            result[pair[1]].insert(pair[0])
        }
        return result
    }

    /// Assigns tracks without an embedding to the only person of their clip, if they are alone in their frames.
    private func adoptNameless(_ tracks: [SeenTrack], _ known: [[SeenTrack]], _ people: inout [Int?]) {
        let nameless = tracks.indices.filter { tracks[$0].identity == nil }
        guard !nameless.isEmpty else { return }
        var crowd: [Place: Int] = [:]
        for face in (tracks + known.flatMap { $0 }).flatMap(\.faces) {
            crowd[Place(clip: face.clip, frame: face.frame), default: 0] += 1
        }
        var inClip: [Int64: Set<Int>] = [:]
        for (track, person) in zip(tracks, people) {
            if let person { inClip[track.key.clip, default: []].insert(person) }
        }
        for (person, tracks) in known.enumerated() {
            for track in tracks { inClip[track.key.clip, default: []].insert(person) }
        }
        for index in nameless {
            let isAlone = tracks[index].faces.allSatisfy { crowd[Place(clip: $0.clip, frame: $0.frame)] == 1 }
            if isAlone, let only = inClip[tracks[index].key.clip], only.count == 1 {
                people[index] = only.first
            }
        }
    }
}
