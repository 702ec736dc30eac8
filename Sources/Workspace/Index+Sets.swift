import Faces
import GRDB

extension Index {
    package func set(_ name: String) throws -> FaceSetRecord? {
        try read { try FaceSetRecord.fetchOne($0, key: name) }.map(sound)
    }

    package func sets() throws -> [FaceSetRecord] {
        try read { try FaceSetRecord.order(Column("name")).fetchAll($0) }.map(sound)
    }

    /// Passes on a set whose settings can be meant: whoever draws masks trusts in their sizes.
    private func sound(_ set: FaceSetRecord) throws -> FaceSetRecord {
        var settings = ProjectSettings()
        settings.extraction = set.settings
        if let complaint = settings.complaint {
            throw damaged(WorkspaceError(.damaged, "set '\(set.name)' has \(complaint)"))
        }
        // A set's folder is called like the set.
        guard Workspace.isSetName(set.name) else {
            throw damaged(WorkspaceError(.damaged, "'\(set.name.prefix(80))' cannot be a set's name"))
        }
        guard set.identity?.values.allSatisfy(\.isFinite) ?? true else {
            throw damaged(WorkspaceError(.damaged, "set '\(set.name)' has an identity that is out of range"))
        }
        return set
    }

    package func save(_ set: FaceSetRecord) throws {
        try write { try set.save($0) }
    }

    package func deleteSet(_ name: String) throws {
        _ = try write { try FaceSetRecord.deleteOne($0, key: name) }
    }

    /// The clip with these bytes, as it is known or newly entered. Its path follows where the file lies now.
    package func enter(_ clip: ClipRecord) throws -> ClipRecord {
        try write { database in
            let known = try ClipRecord.fetchAll(database).first { $0.fingerprint == clip.fingerprint }
            var record = clip
            if let known {
                record.id = known.id
                record.frameCount = known.frameCount
                try record.update(database)
            } else {
                try record.insert(database)
            }
            return record
        }
    }

    /// The clips of a set, in the order in which they were entered.
    package func clips(ofSet name: String) throws -> [ClipRecord] {
        try read { database in
            try ClipRecord.fetchAll(
                database,
                sql:
                    "SELECT clip.* FROM clip JOIN extraction ON extraction.clip = clip.id WHERE setName = ? ORDER BY clip.id",
                arguments: [name])
        }
    }

    /// How far a clip has come in a set; entered as not begun where it is new.
    package func extraction(set: String, clip: Int64) throws -> ExtractionState {
        try write { database in
            if let state = try ExtractionState.fetchOne(database, key: ["setName": set, "clip": clip]) {
                return state
            }
            let state = ExtractionState(setName: set, clip: clip)
            try state.insert(database)
            return state
        }
    }

    package func extractions(set: String) throws -> [ExtractionState] {
        try read { database in
            try ExtractionState.filter(Column("setName") == set).order(Column("clip")).fetchAll(database)
        }
    }

    /// The set that holds exactly what it did, or an error that says which videos it was made from.
    ///
    /// - Parameter clips: the clips asked for now; clips that the set does not have yet are welcome.
    package func checkClips(_ clips: [ClipRecord], ofSet name: String, workspace: String) throws {
        let missing = try self.clips(ofSet: name).filter { known in
            !clips.contains { $0.fingerprint == known.fingerprint }
        }
        guard !missing.isEmpty else { return }
        throw WorkspaceError(
            .mismatch,
            "set '\(name)' in \(workspace) was made from other videos: \(missing.map(\.name).joined(separator: ", ")) "
                + "is not among those given; name the same videos, or choose another --workspace or set")
    }
}
