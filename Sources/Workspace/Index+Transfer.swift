import GRDB

extension Index {
    func cropPlaces(ofSet name: String) throws -> [CropPlace] {
        try read { database in
            try CropPlace.fetchAll(
                database, sql: "SELECT id, cropFile, maskFile FROM face WHERE setName = ?", arguments: [name])
        }
    }

    /// The lowest track number of each clip above all existing ones, over all sets.
    package func freeTracks() throws -> [Int64: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT clip, max(track) + 1 AS next FROM face GROUP BY clip")
            return try Dictionary(
                rows.map { row in
                    let values = CheckedRow(row)
                    return (try values["clip"], try values.counter("next"))
                }
            ) { first, _ in first }
        }
    }

    /// Moves faces, copies the progress of their clips, saves and removes sets, in one transaction.
    func perform(
        _ plans: [PlannedMove], saving sets: [FaceSetRecord], removing: [String], footage: String?
    ) throws {
        // Faces of the set whose track numbers change are updated first, to free these numbers for the added faces.
        let rows = (plans.filter { $0.move.track != nil } + plans.filter { $0.move.track == nil })
            .map { ($0.move, $0.cropFile, $0.maskFile) }
        try write { database in
            for set in sets { try set.save(database) }
            try Self.copyStates(rows.map(\.0), database)
            let update = try database.makeStatement(
                sql: """
                    UPDATE face SET setName = ?, cropFile = ?, maskFile = ?, rejection = ?, remark = ?,
                    track = coalesce(?, track), likeness = NULL WHERE id = ?
                    """)
            for (move, crop, mask) in rows {
                do {
                    try update.execute(arguments: [
                        move.to, crop, mask, move.rejection?.rawValue, move.remark, move.track, move.face,
                    ])
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                    throw Self.doubled(move, error)
                }
            }
            for name in Set(rows.flatMap { [$0.0.from, $0.0.to] }) { try Self.reopen(name, database) }
            if let footage {
                try database.execute(
                    sql: "UPDATE extraction SET isCropped = 1 WHERE setName = ? AND isAnalysed",
                    arguments: [footage])
            }
            for name in removing { _ = try FaceSetRecord.deleteOne(database, key: name) }
        }
    }

    /// Error for conflicting faces; the index is not damaged.
    private static func doubled(_ move: FaceMove, _ error: DatabaseError) -> WorkspaceError {
        WorkspaceError(
            .mismatch,
            "face \(move.face) of '\(move.from)' cannot be moved to '\(move.to)', which has a face of the same frame and track; "
                + "nothing was changed. Export '\(move.from)', import it under another name, and use that",
            cause: error)
    }

    /// Copies the progress of a clip to the set that receives its faces, except for the crops.
    private static func copyStates(_ moves: [FaceMove], _ database: Database) throws {
        struct Way: Hashable {
            let from: String
            let to: String
        }
        let copy = try database.makeStatement(
            sql: """
                INSERT OR IGNORE INTO extraction (setName, clip, nextFrame, isAnalysed, nextCrop, isCropped,
                framesWithoutFace, unreadableFrames, unreadable)
                SELECT ?, clip, nextFrame, isAnalysed, 0, 0, framesWithoutFace, unreadableFrames, unreadable
                FROM extraction
                WHERE setName = ? AND clip = (SELECT clip FROM face WHERE id = ?)
                """)
        for (way, faces) in Dictionary(grouping: moves, by: { Way(from: $0.from, to: $0.to) })
        where way.from != way.to {
            // One face per clip would be sufficient, but selecting them costs as much as updating for all.
            for move in faces { try copy.execute(arguments: [way.to, way.from, move.face]) }
        }
    }

    /// Updates the states of crops and packed copy after a change of the set's faces.
    private static func reopen(_ name: String, _ database: Database) throws {
        try database.execute(sql: "UPDATE faceSet SET isPacked = 0 WHERE name = ?", arguments: [name])
        // Also for clips whose cropping has already passed frames that now lack a crop.
        try database.execute(
            sql: """
                UPDATE extraction SET nextCrop = 0, isCropped = 0 WHERE setName = ? AND clip IN
                (SELECT clip FROM face WHERE setName = ? AND rejection IS NULL AND cropFile IS NULL)
                """, arguments: [name, name])
    }
}
