import Foundation
import GRDB

extension Index {
    /// Enters which masks replace those drawn from the landmarks (nil: none), and that the set has to be packed anew.
    package func enterMasks(_ files: [Int64: String?], set name: String) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET maskFile = ? WHERE id = ? AND setName = ?")
            for (id, file) in files { try statement.execute(arguments: [file, id, name]) }
            try database.execute(sql: "UPDATE faceSet SET isPacked = 0 WHERE name = ?", arguments: [name])
        }
    }

    /// Refuses to lose masks that people painted over crops which are to be cut in another way.
    package func requireNoMasks(ofSet name: String, before change: String) throws {
        let count = try masks(ofSet: name).count
        guard count > 0 else { return }
        throw WorkspaceError(
            .mismatch,
            "set '\(name)' has \(count) masks of its own, which \(change) would spoil; go back to the settings that it was "
                + "extracted with, or give the masks up by `dimorph faces masks clear \(name)`")
    }

    /// Faces with a mask of their own, left out or not, and their crops' paths below the set's folder.
    package func maskedFaces(ofSet name: String) throws -> [Int64: String?] {
        try read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, cropFile FROM face WHERE setName = ? AND maskFile IS NOT NULL",
                arguments: [name])
            return try Dictionary(
                rows.map { row in
                    let values = CheckedRow(row)
                    return (try values["id"], try values.path("cropFile"))
                }
            ) { first, _ in first }
        }
    }

    /// Paths of all masks of a set, of faces that are left out too.
    package func masks(ofSet name: String) throws -> [String] {
        try read { database in
            try String.fetchAll(
                database, sql: "SELECT maskFile FROM face WHERE setName = ? AND maskFile IS NOT NULL",
                arguments: [name])
        }
    }
}
