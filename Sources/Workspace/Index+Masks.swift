import Foundation
import GRDB

extension Index {
    /// Stores the paths of imported and refined masks (`nil`: none); the set is marked as not packed.
    package func enterMasks(_ files: [Int64: String?], set name: String) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET maskFile = ? WHERE id = ? AND setName = ?")
            for (id, file) in files { try statement.execute(arguments: [file, id, name]) }
            try database.execute(sql: "UPDATE faceSet SET isPacked = 0 WHERE name = ?", arguments: [name])
        }
    }

    /// Throws if the set has imported or refined masks, which a change of the crops would invalidate.
    package func requireNoMasks(ofSet name: String, before change: String) throws {
        let count = try masks(ofSet: name).count
        guard count > 0 else { return }
        throw WorkspaceError(
            .mismatch,
            "set '\(name)' has \(count) imported or refined masks, which \(change) would invalidate; restore the settings "
                + "of its extraction, or remove the masks with `dimorph faces masks clear \(name)`")
    }

    /// Faces with an imported or refined mask, included or excluded, and the paths of their crops.
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

    /// Paths of all masks of a set, including those of excluded faces.
    package func masks(ofSet name: String) throws -> [String] {
        try read { database in
            try String.fetchAll(
                database, sql: "SELECT maskFile FROM face WHERE setName = ? AND maskFile IS NOT NULL",
                arguments: [name])
        }
    }
}
