import Foundation
import GRDB

/// Which crop files of a set exist, and which are missing.
///
/// The face of a missing file is marked as `missing` and included again when the file is restored. If a folder or most of the
/// crops are missing, a disk is probably not mounted or a folder was renamed, which is an error.
package struct CropPresence: Sendable {
    /// Included faces whose crop is missing.
    package private(set) var gone: [Int64] = []
    /// Faces marked as `missing` whose crop was restored.
    package private(set) var back: [Int64] = []
    /// Number of existing crops of faces that are included or marked as `missing`.
    package private(set) var present = 0
    /// Number of missing crops.
    package private(set) var absent = 0
    /// Paths of missing crop folders, sorted.
    package private(set) var folders: [String] = []

    private let workspace: Workspace
    private let set: String

    /// Checks the crops of all faces that are included or marked as `missing`.
    ///
    /// - Parameter excluded: faces to ignore because they are about to be excluded.
    package init(_ workspace: Workspace, set: String, besides excluded: Set<Int64> = []) throws {
        (self.workspace, self.set) = (workspace, set)
        let root = workspace.cropsFolder(set: set)
        var known: [String: Bool] = [:]
        for crop in try workspace.index.wantedCrops(ofSet: set) where !excluded.contains(crop.id) {
            let file = root.appending(path: crop.file)
            let folder = file.deletingLastPathComponent().path
            let isFolder = known[folder] ?? Self.isFolder(folder)
            if known.updateValue(isFolder, forKey: folder) == nil, !isFolder { folders.append(folder) }
            if isFolder, FileManager.default.isReadableFile(atPath: file.path) {
                present += 1
                if crop.isMissing { back.append(crop.id) }
            } else {
                absent += 1
                if !crop.isMissing { gone.append(crop.id) }
            }
        }
    }

    /// Checks that the crops of the set are available.
    ///
    /// - Throws: `WorkspaceError` `filesMissing` if a folder or most of the crops are missing.
    package func require() throws {
        guard !folders.isEmpty || absent > present else { return }
        let what =
            folders.first.map {
                "\($0) is missing, which contains crops of the set '\(set)'"
                    + (folders.count > 1 ? " (and \(folders.count - 1) more such folders)" : "")
            }
            ?? "\(absent) of \(absent + present) crops of the set '\(set)' are missing in "
            + workspace.cropsFolder(set: set).path
        throw WorkspaceError(
            .filesMissing,
            "\(what); nothing was changed. Mount the disk or rename the folder back. If the files are lost: `dimorph "
                + "faces restore \(set) --reason missing --workspace \(workspace.folder.path)`, and the next extraction from "
                + "the same videos cuts the crops again; to exclude faces use `dimorph faces reject`")
    }

    /// Updates the marks of missing and restored crops in the index, in one transaction.
    ///
    /// - Returns: whether anything has changed; the set is then marked as not packed.
    @discardableResult
    package func record() throws -> Bool {
        guard !gone.isEmpty || !back.isEmpty else { return false }
        try workspace.index.enter(gone: gone, back: back, set: set)
        return true
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

extension Index {
    /// A crop whose file must exist.
    struct WantedCrop: Sendable {
        let id: Int64
        /// Path relative to the set's folder.
        let file: String
        let isMissing: Bool
    }

    /// Crops of the faces that are included or only excluded as `missing`.
    func wantedCrops(ofSet name: String) throws -> [WantedCrop] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, cropFile, rejection IS NOT NULL AS missing FROM face WHERE setName = ?
                    AND cropFile IS NOT NULL AND (rejection IS NULL OR rejection = ?)
                    """, arguments: [name, FaceRecord.Rejection.missing.rawValue]
            ).map { WantedCrop(id: $0["id"], file: $0["cropFile"], isMissing: $0["missing"]) }
        }
    }

    /// Marks faces with missing crops and unmarks those with restored crops.
    func enter(gone: [Int64], back: [Int64], set name: String) throws {
        try write { database in
            let statement = try database.makeStatement(
                sql: "UPDATE face SET rejection = ? WHERE id = ? AND setName = ?")
            for id in gone {
                try statement.execute(arguments: [FaceRecord.Rejection.missing.rawValue, id, name])
            }
            for id in back { try statement.execute(arguments: [nil, id, name]) }
            try database.execute(sql: "UPDATE faceSet SET isPacked = 0 WHERE name = ?", arguments: [name])
        }
    }
}
