import Faces

/// Everybody's faces in some clips, and the sets of the people in them.
///
/// The faces are first entered into a set that bears the footage's name. Telling the people apart moves each person's faces
/// into a set of their own, `NAME-1`, `NAME-2`, …; who is seen too seldom, or cannot be told, stays behind.
package struct Footage {
    package let workspace: Workspace
    package let name: String

    /// What telling apart found.
    package struct Outcome: Sendable, Codable, Equatable {
        /// Sets that were made by it.
        package var new: [String] = []
        /// Groups of faces too small for a set of their own.
        package var seldom = 0
        /// Faces that stay behind: of the seldom ones, and of those whom nobody can tell.
        package var unassigned = 0
        package var threshold: LikenessThreshold
    }

    package init(_ workspace: Workspace, name: String) { (self.workspace, self.name) = (workspace, name) }

    /// Sets of the people told apart so far, by their numbers.
    package func people() throws -> [FaceSetRecord] {
        try workspace.index.sets().filter { $0.footage == name }
            .sorted { (number($0.name), $0.name) < (number($1.name), $1.name) }
    }

    /// Whether each clip's faces have been given to their people.
    package func isAssigned() throws -> Bool {
        try workspace.index.extractions(set: name).allSatisfy { $0.isAnalysed && $0.isCropped }
    }

    /// Refuses to tell apart anew what is one person's set, and footage that has not been looked at to its end.
    package func requireFootage() throws {
        let (index, states) = (workspace.index, try workspace.index.extractions(set: name))
        // Kept faces with crops are one person's, as in a set that was imported: footage keeps those that nobody has.
        guard try index.set(name)?.identity == nil, !states.isEmpty,
            try !people().isEmpty || index.count(ofSet: name).cropped == 0
        else {
            throw WorkspaceError(
                .notFound,
                "'\(name)' in \(workspace.folder.path) is no footage of several people; make one with "
                    + "`dimorph extract --set \(name) --everyone`")
        }
        guard states.allSatisfy(\.isAnalysed) else {
            throw WorkspaceError(
                .mismatch,
                "the videos of '\(name)' in \(workspace.folder.path) have not been looked at to their end; first run "
                    + "`dimorph extract … --set \(name) --everyone` to its end")
        }
    }

    private func number(_ set: String) -> Int {
        set.hasPrefix(name + "-") ? Int(set.dropFirst(name.count + 1)) ?? Int.max : Int.max
    }

    /// Gives every face to its person, in one transaction.
    ///
    /// Faces that have a person keep it, and new tracks go to the people who are known first; with `anew` all people are
    /// told apart from the beginning, and sets keep their names by the faces that they have in common.
    ///
    /// - Parameters:
    ///   - fewest: people with fewer faces get no set.
    ///   - reference: whoever is most like it, and new, gets the set's name in `referenceName`.
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
        // As the footage was made, with the options that were named for it.
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
    /// Whether a person decided so, by hand or by a rule: it stays with the face wherever it goes.
    package var isDecided: Bool {
        switch self {
        case .byHand, .byRule, .surplus: true
        case .otherPerson, .duplicate, .tooSmall, .missing: false
        }
    }
}
