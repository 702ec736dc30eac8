import Faces

/// Assignment of tracks to people, and of people to set names.
struct Division {
    /// Tracks by person number.
    let tracks: [Int: [SeenTrack]]
    /// Tracks without an identified person.
    let unidentified: [SeenTrack]
    /// Set name of each person; people without one have no set.
    private(set) var names: [Int: String] = [:]
    /// Names of new sets, in order of their numbers.
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

    /// Assigns the existing set names to the known people, who have the first numbers.
    mutating func name(known: [String]) {
        for (person, name) in known.enumerated() where tracks[person] != nil { names[person] = name }
    }

    /// Assigns existing set names to the people with most of their faces, largest share first.
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

    /// Assigns new set numbers by descending number of faces, starting after the highest existing one. The person most similar
    /// to the reference gets `referenceName`, if it is unused and a valid set name.
    mutating func number(
        prefix: String, taken: Set<String>, reference: Embedding?, referenceName: String?
    ) {
        var taken = taken
        let unnamed = tracks.keys.filter { names[$0] == nil && frames($0) >= fewest }
            .sorted { (frames($0), $1) > (frames($1), $0) }
        var next = (taken.compactMap { Self.number($0, prefix) }.max() ?? 0) + 1
        if let referencePerson = reference.flatMap({ mostSimilar(to: $0) }),
            unnamed.contains(referencePerson),
            let referenceName, (try? Workspace.checkSetName(referenceName)) != nil,
            taken.insert(referenceName).inserted
        {
            names[referencePerson] = referenceName
        }
        for person in unnamed {
            if names[person] == nil {
                while !taken.insert("\(prefix)\(next)").inserted { next += 1 }
                names[person] = "\(prefix)\(next)"
            }
            new.append(names[person] ?? "")
        }
    }

    /// The number in a set's name. More than four digits are interpreted as part of a user-defined name, such as a date.
    private static func number(_ set: String, _ prefix: String) -> Int? {
        let digits = set.hasPrefix(prefix) ? set.dropFirst(prefix.count) : ""
        return digits.count <= 4 ? Int(digits) : nil
    }

    /// The person most similar to the reference.
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
