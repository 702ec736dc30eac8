import Faces
import Workspace

/// Faces of a set selected by the user.
package struct FaceSelection: Sendable, Equatable {
    /// Tracks, as `TRACK`, or `CLIP:TRACK` if the number occurs in several clips.
    package var tracks: [String] = []
    /// Faces, by crop or number, whose whole tracks are selected.
    package var tracksOf: [String] = []
    /// Single faces.
    package var faces: [String] = []
    /// Faces of a person whose tracks are selected: those more similar to it than to the rest of the set.
    package var peopleOf: [String] = []

    package init() {}

    package var isEmpty: Bool { tracks.isEmpty && tracksOf.isEmpty && faces.isEmpty && peopleOf.isEmpty }

    /// - Parameter crops: the set's crop files by face.
    /// - Throws: `CurationError` for tracks and faces that are not in the set.
    func faces(of all: [FaceDetection], set: String, crops: [Int64: String]) throws -> [FaceDetection] {
        let seen = SeenTrack.tracks(of: all)
        var ids: Set<Int64> = []
        for text in tracks { ids.formUnion(try Self.track(text, seen, set).faces.map(\.id)) }
        for crop in tracksOf { ids.formUnion(try Self.track(of: crop, seen, set, crops).faces.map(\.id)) }
        for crop in faces { ids.insert(try Self.face(crop, seen, set, crops)) }
        for crop in peopleOf {
            let track = try Self.track(of: crop, seen, set, crops)
            ids.formUnion(Self.likeliest(track, seen).flatMap(\.faces).map(\.id))
        }
        return all.filter { ids.contains($0.id) }
    }

    /// Tracks of the same person as the given one: 2-means clustering of the set, initialized with this track and the rest
    /// (Lloyd 1982).
    private static func likeliest(_ seed: SeenTrack, _ all: [SeenTrack]) -> [SeenTrack] {
        guard seed.identity != nil else { return [seed] }
        var chosen: Set<SeenTrack.Key> = [seed.key]
        for _ in 0..<20 {
            let mine = TrackIdentity.joined(all.filter { chosen.contains($0.key) }.compactMap(\.identity))
            let rest = TrackIdentity.joined(all.filter { !chosen.contains($0.key) }.compactMap(\.identity))
            guard let mine, let rest else { break }
            var next: Set<SeenTrack.Key> = [seed.key]
            for track in all {
                guard let own = track.identity?.mean else { continue }
                if own.cosine(mine.mean) > own.cosine(rest.mean) { next.insert(track.key) }
            }
            guard next != chosen, next.count < all.count else { break }
            chosen = next
        }
        return all.filter { chosen.contains($0.key) }
    }

    private static func track(_ text: String, _ tracks: [SeenTrack], _ set: String) throws -> SeenTrack {
        let parts = text.split(separator: ":").map { Int64($0) }
        let matching: [SeenTrack]
        switch (parts.count, parts.first ?? nil, parts.last ?? nil) {
        case (1, let track?, _): matching = tracks.filter { $0.key.track == track }
        case (2, let clip?, let track?):
            matching = tracks.filter { $0.key.clip == clip && $0.key.track == track }
        default:
            throw CurationError(.rule, "'\(text)' is not a track; use its number, or CLIP:TRACK such as 2:14")
        }
        guard let first = matching.first else {
            throw CurationError(
                .notFound, "'\(set)' has no track \(text); `dimorph faces list` shows its tracks")
        }
        guard matching.count == 1 else {
            let ways = matching.map { "\($0.key.clip):\($0.key.track)" }.joined(separator: ", ")
            throw CurationError(
                .rule, "several clips of '\(set)' have a track \(text); specify one of \(ways)")
        }
        return first
    }

    private static func track(
        of crop: String, _ tracks: [SeenTrack], _ set: String, _ crops: [Int64: String]
    ) throws -> SeenTrack {
        let id = try face(crop, tracks, set, crops)
        guard let track = tracks.first(where: { $0.faces.contains { $0.id == id } }) else {
            throw CurationError(.notFound, "'\(set)' has no face with the crop \(crop)")
        }
        return track
    }

    /// The face with a number, or with a crop file such as `1-clip/000123.jpg`, with or without leading folders and
    /// extension.
    private static func face(
        _ crop: String, _ tracks: [SeenTrack], _ set: String, _ crops: [Int64: String]
    ) throws -> Int64 {
        if let number = Int64(crop), tracks.contains(where: { $0.faces.contains { $0.id == number } }) {
            return number
        }
        let wanted = crop.split(separator: "/").suffix(2).joined(separator: "/")
        let stem = { (path: String) in path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path }
        let matching = crops.filter { $0.value == wanted || stem($0.value) == wanted || $0.value == crop }
        guard let first = matching.first else {
            throw CurationError(
                .notFound,
                "'\(set)' has no face \(crop); specify a crop below sets/\(set), such as 1-clip/000123.jpg, or a number that "
                    + "`dimorph faces list` shows")
        }
        return first.key
    }
}
