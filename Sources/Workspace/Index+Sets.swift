import Faces
import GRDB

extension Index {
    package func set(_ name: String) throws -> FaceSetRecord? {
        try read { try FaceSetRecord.fetchOne($0, key: name) }.map(sound)
    }

    package func sets() throws -> [FaceSetRecord] {
        try read { try FaceSetRecord.order(Column("name")).fetchAll($0) }.map(sound)
    }

    /// Returns the set if its settings are valid; other code relies on their sizes.
    private func sound(_ set: FaceSetRecord) throws -> FaceSetRecord {
        var settings = ProjectSettings()
        settings.extraction = set.settings
        if let complaint = settings.complaint {
            throw damaged(WorkspaceError(.damaged, "set '\(set.name)' has \(complaint)"))
        }
        // The set's name is the name of its folder.
        guard Workspace.isSetName(set.name) else {
            throw damaged(WorkspaceError(.damaged, "'\(set.name.prefix(80))' is not a valid set name"))
        }
        guard set.identity?.values.allSatisfy(\.isFinite) ?? true else {
            throw damaged(WorkspaceError(.damaged, "set '\(set.name)' has an invalid identity embedding"))
        }
        return set
    }

    package func save(_ set: FaceSetRecord) throws {
        try write { try set.save($0) }
    }

    package func deleteSet(_ name: String) throws {
        _ = try write { try FaceSetRecord.deleteOne($0, key: name) }
    }

    /// The clip with this fingerprint, existing or newly added. Its path is updated.
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

    /// The clips of a set, in the order of their addition.
    package func clips(ofSet name: String) throws -> [ClipRecord] {
        try read { database in
            try ClipRecord.fetchAll(
                database,
                sql:
                    "SELECT clip.* FROM clip JOIN extraction ON extraction.clip = clip.id WHERE setName = ? ORDER BY clip.id",
                arguments: [name])
        }
    }

    /// The extraction progress of a clip in a set; added as not started if it is new.
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

    /// Checks that all videos of the set are specified again.
    ///
    /// - Parameter clips: the specified clips; they may include new ones.
    package func checkClips(_ clips: [ClipRecord], ofSet name: String, workspace: String) throws {
        let missing = try self.clips(ofSet: name).filter { known in
            !clips.contains { $0.fingerprint == known.fingerprint }
        }
        guard !missing.isEmpty else { return }
        throw WorkspaceError(
            .mismatch,
            "set '\(name)' in \(workspace) was made from other videos: \(missing.map(\.name).joined(separator: ", ")) "
                + "is not specified; specify the same videos, or choose another --workspace or set")
    }
}
