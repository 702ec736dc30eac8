import Faces
import GRDB

extension Index {
    /// All faces of a set, kept or not, without their landmarks, by clip, frame and track.
    package func summaries(ofSet name: String) throws -> [FaceSummary] {
        try read { database in
            try FaceSummary.fetchAll(
                database,
                sql:
                    "SELECT \(FaceSummary.columns) FROM face WHERE setName = ? ORDER BY clip, frame, track",
                arguments: [name])
        }
    }

    /// Expression coefficients of a set's faces, one face after the other.
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

    /// Changes which faces of a set stay, all or none; the set counts as not packed from then on.
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

    /// Enters how much of each face is unlike the person's other faces.
    package func enter(occlusionScores: [Int64: Double]) throws {
        try write { database in
            let statement = try database.makeStatement(sql: "UPDATE face SET strangeness = ? WHERE id = ?")
            for (id, value) in occlusionScores { try statement.execute(arguments: [value, id]) }
        }
    }

    /// Forgets the crops of these faces, so that the next extraction cuts them anew.
    package func forgetCrops(of ids: [Int64], inSet name: String) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET cropFile = NULL WHERE id = ? AND setName = ?")
            for id in ids { try statement.execute(arguments: [id, name]) }
        }
        try reopenCrops(ofSet: name)
    }
}

/// Whether a face stays, and why.
package struct FaceMark: Sendable, Equatable {
    package let id: Int64
    /// Nil for a face that stays.
    package let rejection: FaceRecord.Rejection?
    package let remark: String?

    package init(id: Int64, rejection: FaceRecord.Rejection?, remark: String? = nil) {
        (self.id, self.rejection, self.remark) = (id, rejection, remark)
    }
}

extension FaceRecord {
    /// The remark on a face that a person has put back although the program had left it out.
    package static let restored = "restored by hand"
}
