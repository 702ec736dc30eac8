import Faces

/// All faces of a group of clips, and the sets of the people in them.
///
/// The faces are first stored in a set with the name of the footage. `assignPeople` clusters them and moves the faces of each
/// person into a separate set, `NAME-1`, `NAME-2`, …; people with too few faces and unidentified tracks remain in the first.
package struct Footage {
    package let workspace: Workspace
    package let name: String

    /// Result of the clustering.
    package struct Outcome: Sendable, Codable, Equatable {
        /// Names of new sets.
        package var new: [String] = []
        /// Number of people with too few faces for a set.
        package var seldom = 0
        /// Number of faces without a set: of people with too few faces and of unidentified tracks.
        package var unassigned = 0
        package var threshold: LikenessThreshold
    }

    package init(_ workspace: Workspace, name: String) { (self.workspace, self.name) = (workspace, name) }

    /// Sets of the known people, by number.
    package func people() throws -> [FaceSetRecord] {
        try workspace.index.sets().filter { $0.footage == name }
            .sorted { (number($0.name), $0.name) < (number($1.name), $1.name) }
    }

    /// Whether the faces of all clips are assigned to people.
    package func isAssigned() throws -> Bool {
        try workspace.index.extractions(set: name).allSatisfy { $0.isAnalysed && $0.isCropped }
    }

    /// Throws if the set belongs to one person, or if its clips were not analysed completely.
    package func requireFootage() throws {
        let (index, states) = (workspace.index, try workspace.index.extractions(set: name))
        // Included faces with crops belong to one person, as in an imported set: footage contains only unassigned faces.
        guard try index.set(name)?.identity == nil, !states.isEmpty,
            try !people().isEmpty || index.count(ofSet: name).cropped == 0
        else {
            throw WorkspaceError(
                .notFound,
                "'\(name)' in \(workspace.folder.path) is not footage of several people; create one with "
                    + "`dimorph extract --set \(name) --everyone`")
        }
        guard states.allSatisfy(\.isAnalysed) else {
            throw WorkspaceError(
                .mismatch,
                "the videos of '\(name)' in \(workspace.folder.path) were not analysed completely; first complete "
                    + "`dimorph extract … --set \(name) --everyone`")
        }
    }

    private func number(_ set: String) -> Int {
        set.hasPrefix(name + "-") ? Int(set.dropFirst(name.count + 1)) ?? Int.max : Int.max
    }

    /// Assigns all faces to people, in one transaction.
    ///
    /// Assigned faces keep their person, and new tracks are preferably assigned to known people. With `fromScratch`, all
    /// tracks are clustered again, and sets keep their names according to the faces they have in common.
    ///
    /// - Parameters:
    ///   - fewest: minimum number of faces of a person to create a set.
    ///   - reference: embedding of a reference; the most similar person, if new, gets the set name `referenceName`.
    package func assignPeople(
        fewest: Int, likeness: Double?, fromScratch: Bool = false, reference: Embedding? = nil,
        referenceName: String? = nil
    ) throws -> Outcome {
        let known = try people()
        var sets = [(name: name, detections: try workspace.index.detections(ofSet: name))]
        for set in known { sets.append((set.name, try workspace.index.detections(ofSet: set.name))) }
        var home: [Int64: String] = [:]
        for set in sets { for face in set.detections { home[face.id] = set.name } }
        let free = SeenTrack.tracks(of: fromScratch ? sets.flatMap(\.detections) : sets[0].detections)
        let owned = fromScratch ? [] : sets.dropFirst().map { SeenTrack.tracks(of: $0.detections) }
        let found = IdentitySearch(likeness: likeness)(free, known: owned)
        var division = Division(tracks: free, people: found.people, fewest: fewest)
        division.name(known: fromScratch ? [] : known.map(\.name))
        if fromScratch { division.inherit(known.map(\.name), home: home) }
        division.number(
            prefix: name + "-", taken: Set(try workspace.index.sets().map(\.name)), reference: reference,
            referenceName: referenceName)
        try enter(division, known: known, home: home, fromScratch: fromScratch)
        return Outcome(
            new: division.new, seldom: division.seldom, unassigned: division.unassigned,
            threshold: found.threshold)
    }

    private func enter(_ division: Division, known: [FaceSetRecord], home: [Int64: String], fromScratch: Bool)
        throws
    {
        // Settings of the footage, including its options.
        let settings = try workspace.index.set(name)?.settings ?? workspace.settings.extraction
        let verdicts = PersonVerdicts(minimumWidth: settings.minimumFaceWidth)
        var moves: [FaceMove] = []
        var identities: [String: Embedding] = [:]
        for (person, tracks) in division.tracks {
            let identity = TrackIdentity.joined(tracks.compactMap(\.identity))?.mean
            let judged = verdicts(tracks, identity: identity)
            let set = division.names[person] ?? name
            identities[set] = identity
            for face in tracks.flatMap(\.faces) {
                var move = FaceMove(face.id, from: home[face.id] ?? name, to: set)
                if let own = face.rejection, own.isDecided {
                    (move.rejection, move.remark) = (own, face.remark)
                } else if set == name {
                    (move.rejection, move.remark) = (.otherPerson, "seen too seldom for a set")
                } else {
                    let isRestored = face.rejection == nil && face.remark == FaceRecord.restored
                    if isRestored {
                        move.remark = face.remark
                    } else {
                        move.rejection = judged[face.id] ?? nil
                    }
                }
                moves.append(move)
            }
        }
        for face in division.unidentified.flatMap(\.faces) {
            moves.append(
                FaceMove(
                    face.id, from: home[face.id] ?? name, to: name, rejection: .otherPerson,
                    remark: "shows nobody clearly"))
        }
        let new = division.new.map {
            FaceSetRecord(name: $0, identity: identities[$0], settings: settings, footage: name)
        }
        let used = Set(division.names.values)
        let empty = fromScratch ? known.map(\.name).filter { !used.contains($0) } : []
        try FaceTransfer(workspace)(moves, saving: new, removing: empty, footage: name)
    }
}

extension FaceRecord.Rejection {
    /// Whether the user decided it, manually or by a rule; such rejections are kept when the face is moved.
    package var isDecided: Bool {
        switch self {
        case .byHand, .byRule, .surplus: true
        case .otherPerson, .duplicate, .tooSmall, .missing: false
        }
    }
}
