import Faces

/// Tracks divided among people, and the names of the sets that they go to.
struct Division {
    /// By the person's number.
    let tracks: [Int: [SeenTrack]]
    /// Tracks of whom nobody can tell.
    let unidentified: [SeenTrack]
    /// The set of each person; who has none stays behind.
    private(set) var names: [Int: String] = [:]
    /// Names of sets that are to be made, by their numbers.
    private(set) var new: [String] = []
    private let fewest: Int

    init(tracks: [SeenTrack], people: [Int?], fewest: Int) {
        var own: [Int: [SeenTrack]] = [:]
        for (track, person) in zip(tracks, people) {
            if let person { own[person, default: []].append(track) }
        }
        self.tracks = own
        unidentified = zip(tracks, people).filter { $0.1 == nil }.map(\.0)
        self.fewest = fewest
    }

    private func frames(_ person: Int) -> Int { (tracks[person] ?? []).reduce(0) { $0 + $1.faces.count } }

    /// The people who are known have the first numbers, in their order.
    mutating func name(known: [String]) {
        for (person, name) in known.enumerated() where tracks[person] != nil { names[person] = name }
    }

    /// Gives each set's name to the person who has the most of its faces, the largest share first.
    mutating func inherit(_ known: [String], home: [Int64: String]) {
        var shares: [(person: Int, set: String, faces: Int)] = []
        for (person, tracks) in tracks where frames(person) >= fewest {
            let sets = Dictionary(grouping: tracks.flatMap(\.faces)) { home[$0.id] ?? "" }
            for (set, faces) in sets where known.contains(set) { shares.append((person, set, faces.count)) }
        }
        for share in shares.sorted(by: { ($0.faces, $1.person, $1.set) > ($1.faces, $0.person, $0.set) })
        where names[share.person] == nil && !names.values.contains(share.set) {
            names[share.person] = share.set
        }
    }

    /// Gives the others numbers of their own by how much they are seen, after the highest that was ever given; whom the
    /// reference shows gets its name where that is free and fit for a set.
    mutating func number(
        prefix: String, taken: Set<String>, reference: Embedding?, referenceName: String?
    ) {
        var taken = taken
        let unnamed = tracks.keys.filter { names[$0] == nil && frames($0) >= fewest }
            .sorted { (frames($0), $1) > (frames($1), $0) }
        var next = (taken.compactMap { Self.number($0, prefix) }.max() ?? 0) + 1
        if let favourite = reference.flatMap({ mostSimilar(to: $0) }), unnamed.contains(favourite),
            let referenceName, (try? Workspace.checkSetName(referenceName)) != nil,
            taken.insert(referenceName).inserted
        {
            names[favourite] = referenceName
        }
        for person in unnamed {
            if names[person] == nil {
                while !taken.insert("\(prefix)\(next)").inserted { next += 1 }
                names[person] = "\(prefix)\(next)"
            }
            new.append(names[person] ?? "")
        }
    }

    /// The number in a set's name. More than four digits are a date or the like, which somebody named a set after.
    private static func number(_ set: String, _ prefix: String) -> Int? {
        let digits = set.hasPrefix(prefix) ? set.dropFirst(prefix.count) : ""
        return digits.count <= 4 ? Int(digits) : nil
    }

    /// Whom a picture shows, of all people with faces here.
    private func mostSimilar(to reference: Embedding) -> Int? {
        tracks.compactMap { person, tracks in
            TrackIdentity.joined(tracks.compactMap(\.identity)).map { (person, $0.mean.cosine(reference)) }
        }
        .max { ($0.1, $1.0) < ($1.1, $0.0) }?.0
    }

    var seldom: Int { tracks.keys.count { names[$0] == nil } }

    var unassigned: Int {
        unidentified.reduce(0) { $0 + $1.faces.count }
            + tracks.keys.filter { names[$0] == nil }.reduce(0) { $0 + frames($1) }
    }
}
