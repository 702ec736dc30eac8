import Faces
import GRDB

extension Index {
    /// All faces of a set, included or excluded, without landmarks, by clip, frame and track.
    package func summaries(ofSet name: String) throws -> [FaceSummary] {
        try read { database in
            try FaceSummary.fetchAll(
                database,
                sql:
                    "SELECT \(FaceSummary.columns) FROM face WHERE setName = ? ORDER BY clip, frame, track",
                arguments: [name])
        }
    }

    /// Expression coefficients of the faces of a set, flattened.
    package func forEachExpression(ofSet name: String, _ body: (Int64, Expression) throws -> Void) throws {
        try explaining {
            try database.read { database in
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT id, clip, frame, expression FROM face WHERE setName = ?",
                    arguments: [name])
                while let row = try rows.next() {
                    let values = CheckedRow(row)
                    let coefficients = try values.floats("expression", count: Expression.names.count)
                    try body(try values["id"], Expression(coefficients: coefficients))
                }
            }
        }
    }

    /// Excludes or restores faces of a set in one transaction; the set is marked as not packed.
    package func mark(_ marks: [FaceMark], inSet name: String) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET rejection = ?, remark = ? WHERE id = ? AND setName = ?")
            for mark in marks {
                try statement.execute(arguments: [mark.rejection?.rawValue, mark.remark, mark.id, name])
            }
            try database.execute(sql: "UPDATE faceSet SET isPacked = 0 WHERE name = ?", arguments: [name])
        }
    }

    /// Stores the occlusion scores of faces.
    package func enter(occlusionScores: [Int64: Double]) throws {
        try write { database in
            let statement = try database.makeStatement(sql: "UPDATE face SET strangeness = ? WHERE id = ?")
            for (id, value) in occlusionScores { try statement.execute(arguments: [value, id]) }
        }
    }

    /// Removes the crop paths of these faces, so that the next extraction cuts them again.
    package func forgetCrops(of ids: [Int64], inSet name: String) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET cropFile = NULL WHERE id = ? AND setName = ?")
            for id in ids { try statement.execute(arguments: [id, name]) }
        }
        try reopenCrops(ofSet: name)
    }
}

/// Inclusion or exclusion of a face, with the reason.
package struct FaceMark: Sendable, Equatable {
    package let id: Int64
    /// `nil` for an included face.
    package let rejection: FaceRecord.Rejection?
    package let remark: String?

    package init(id: Int64, rejection: FaceRecord.Rejection?, remark: String? = nil) {
        (self.id, self.rejection, self.remark) = (id, rejection, remark)
    }
}

extension FaceRecord {
    /// Remark on a face that the user restored after it was rejected automatically.
    package static let restored = "restored by hand"
}
