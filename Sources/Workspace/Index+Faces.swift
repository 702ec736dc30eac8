import Faces
import Foundation
import GRDB

extension Index {
    /// Stores the faces of several frames and the progress of the extraction in one transaction.
    ///
    /// - Parameter frameCount: number of frames of the clip, if it was read completely.
    package func commit(_ faces: [FaceRecord], _ state: ExtractionState, frameCount: Int? = nil) throws {
        try write { database in
            for var face in faces { try face.insert(database) }
            try state.update(database)
            if let frameCount {
                try database.execute(
                    sql: "UPDATE clip SET frameCount = ? WHERE id = ?", arguments: [frameCount, state.clip])
            }
        }
    }

    /// The lowest unused track number of the clip, in the set and in those of its people.
    package func nextTrack(set: String, clip: Int64) throws -> Int {
        try read { database in
            let next =
                try Int.fetchOne(
                    database,
                    sql: """
                        SELECT max(track) + 1 FROM face WHERE clip = ?
                        AND (setName = ? OR setName IN (SELECT name FROM faceSet WHERE footage = ?))
                        """, arguments: [clip, set, set])
                ?? 0
            guard CheckedRow.counters.contains(next) else {
                throw damaged(WorkspaceError(.damaged, "a track has the number \(next)"))
            }
            return next
        }
    }

    /// Stores the paths of crops and the progress of cropping in one transaction.
    package func commit(_ crops: [CropEntry], _ state: ExtractionState) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    UPDATE face SET cropFile = ?, sharpness = ?, motionBlur = ?, exposure = ?, clipped = ?,
                    occlusion = ?, hash = ? WHERE id = ?
                    """)
            for crop in crops {
                let quality = crop.quality
                try statement.execute(arguments: [
                    crop.file, quality.sharpness, quality.motionBlur, quality.exposure, quality.clipped,
                    quality.occlusion, Data(quality.hash), crop.id,
                ])
            }
            try state.update(database)
        }
    }

    /// Locations of the included faces of a clip.
    package func places(set: String, clip: Int64) throws -> [FaceLocation] {
        try read { database in
            try FaceLocation.fetchAll(
                database,
                sql: """
                    SELECT id, frame, track, alignA, alignB, alignX, alignY, steadyA, steadyB, steadyX, steadyY,
                    cropFile FROM face
                    WHERE setName = ? AND clip = ? AND rejection IS NULL ORDER BY frame, track
                    """, arguments: [set, clip])
        }
    }

    /// Frames of a clip with included faces that have no crop.
    package func framesWithoutCrop(set: String, clip: Int64) throws -> [Int] {
        try read { database in
            try Int.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT frame FROM face
                    WHERE setName = ? AND clip = ? AND rejection IS NULL AND cropFile IS NULL
                    """, arguments: [set, clip])
        }
    }

    /// Stores smoothed alignments.
    package func storeSmoothed(_ alignments: [Int64: FaceAlignment]) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET steadyA = ?, steadyB = ?, steadyX = ?, steadyY = ? WHERE id = ?")
            for (id, alignment) in alignments {
                let unit = alignment.toUnit
                try statement.execute(arguments: [unit.a, unit.b, unit.tx, unit.ty, id])
            }
        }
    }

    /// Marks clips with uncropped included faces as not cropped, after a change of the included faces.
    package func reopenCrops(ofSet name: String) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE extraction SET nextCrop = 0, isCropped = 0 WHERE setName = ? AND isCropped AND clip IN
                    (SELECT clip FROM face WHERE setName = ? AND rejection IS NULL AND cropFile IS NULL)
                    """, arguments: [name, name])
        }
    }

    /// Removes the crop paths of a set, so that crops are cut again after a change of settings.
    package func forgetCrops(ofSet name: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE face SET cropFile = NULL, hash = NULL WHERE setName = ?", arguments: [name])
            try database.execute(
                sql: "UPDATE extraction SET nextCrop = 0, isCropped = 0 WHERE setName = ?", arguments: [name])
        }
    }

    /// Complete face records of a clip in a set, by frame.
    package func faces(set: String, clip: Int64, frames: Range<Int> = 0..<Int(Int32.max), kept: Bool = true)
        throws
        -> [FaceRecord]
    {
        try read { database in
            var request = FaceRecord.filter(Column("setName") == set && Column("clip") == clip)
                .filter(Column("frame") >= frames.lowerBound && Column("frame") < frames.upperBound)
            if kept { request = request.filter(Column("rejection") == nil) }
            return try request.order(Column("frame"), Column("track")).fetchAll(database)
        }
    }

    /// Iterates over the included, cropped faces of a set by clip and frame; sets can be larger than memory.
    package func forEachCrop(ofSet name: String, _ body: (FaceRecord) throws -> Void) throws {
        try explaining {
            try database.read { database in
                let cursor = try FaceRecord.filter(Column("setName") == name)
                    .filter(Column("rejection") == nil && Column("cropFile") != nil)
                    .order(Column("clip"), Column("frame"), Column("track")).fetchCursor(database)
                while let face = try cursor.next() { try body(face) }
            }
        }
    }

    package func count(ofSet name: String) throws -> FaceCount {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql:
                    "SELECT rejection, cropFile IS NOT NULL AS cropped, count(*) AS n FROM face WHERE setName = ? GROUP BY 1, 2",
                arguments: [name])
            var count = FaceCount()
            for row in rows {
                let values = CheckedRow(row)
                let number: Int = try values["n"]
                count.seen += number
                if let reason: String = try values.optional("rejection") {
                    count.rejected[reason, default: 0] += number
                } else {
                    count.kept += number
                    if try values["cropped"] { count.cropped += number }
                }
            }
            return count
        }
    }

    /// Stores the rejections of faces (`nil`: included) and the set record. Decisions of the user (manually, by a rule, by
    /// `faces best`, by restoring) are kept.
    package func judge(_ verdicts: [Int64: FaceRecord.Rejection?], set: FaceSetRecord) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: """
                    UPDATE face SET rejection = ?, remark = NULL WHERE id = ? AND remark IS NOT ?
                    AND (rejection IS NULL OR rejection NOT IN ('byHand', 'byRule', 'surplus'))
                    """)
            for (id, verdict) in verdicts {
                try statement.execute(arguments: [verdict?.rawValue, id, FaceRecord.restored])
            }
            try set.save(database)
        }
    }
}

/// A written crop.
package struct CropEntry: Sendable, Equatable {
    package let id: Int64
    /// Path relative to the set's folder.
    package let file: String
    package let quality: FaceQuality

    package init(id: Int64, file: String, quality: FaceQuality) {
        (self.id, self.file, self.quality) = (id, file, quality)
    }
}

/// Location of a face in its clip.
package struct FaceLocation: Sendable, Equatable, FetchableRecord {
    package let id: Int64
    package let frame: Int
    package let track: Int
    /// Measured alignment.
    package let alignment: FaceAlignment
    /// Alignment smoothed along the track; `nil` until computed.
    package let steady: FaceAlignment?
    package let hasCrop: Bool

    package init(row: Row) throws {
        let values = CheckedRow(row)
        (id, frame, track) = (
            try values["id"], try values.counter("frame"), try values.counter("track")
        )
        alignment = try values.alignment("align")
        steady = try values.has("steadyA") ? try values.alignment("steady") : nil
        hasCrop = try values.path("cropFile") != nil
        guard alignment.isSound, steady?.isSound ?? true else { throw values.damaged }
    }
}

/// Number of faces of a set.
package struct FaceCount: Sendable, Codable, Equatable {
    package var seen = 0
    package var kept = 0
    package var cropped = 0
    /// Number of rejected faces by reason.
    package var rejected: [String: Int] = [:]

    package init() {}
}
