import Foundation
import GRDB

/// Which crops of a set are where the index says, and which are not.
///
/// An absent file is not a decision of a person. Its face is marked `missing`, and stays again when the file is back. Where a
/// folder or most of the crops are absent, a disk is not mounted or a folder was renamed: that is an error.
package struct CropPresence: Sendable {
    /// Faces that stayed and whose crop is absent.
    package private(set) var gone: [Int64] = []
    /// Faces marked `missing` whose crop is there again.
    package private(set) var back: [Int64] = []
    /// Crops that are there, of faces that stay or were marked `missing`.
    package private(set) var present = 0
    /// Crops that are absent.
    package private(set) var absent = 0
    /// Folders that held crops and are absent; paths, in order.
    package private(set) var folders: [String] = []

    private let workspace: Workspace
    private let set: String

    /// Looks for the crops of all faces that stay or were marked `missing`.
    ///
    /// - Parameter excluded: faces that do not count, since they are about to be left out.
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

    /// Refuses to work with a set whose crops are elsewhere.
    ///
    /// - Throws: `WorkspaceError` `filesMissing`, where a folder or most of the crops are absent.
    package func require() throws {
        guard !folders.isEmpty || absent > present else { return }
        let what =
            folders.first.map {
                "\($0) is missing, which holds crops of the set '\(set)'"
                    + (folders.count > 1 ? " (and \(folders.count - 1) more such folders)" : "")
            }
            ?? "\(absent) of \(absent + present) crops of the set '\(set)' are missing in "
            + workspace.cropsFolder(set: set).path
        throw WorkspaceError(
            .filesMissing,
            "\(what); nothing was changed. Mount the disk or give the folder its name back. If the files are lost: `dimorph "
                + "faces restore \(set) --reason missing --workspace \(workspace.folder.path)`, and the next extraction from "
                + "the same videos cuts the crops again; to leave faces out use `dimorph faces reject`")
    }

    /// Records what came and went in the index, all or none.
    ///
    /// - Returns: whether anything has changed; the set then counts as not packed.
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
    /// A crop whose file is to be there.
    struct WantedCrop: Sendable {
        let id: Int64
        /// Path below the set's folder.
        let file: String
        let isMissing: Bool
    }

    /// Crops of the faces that stay, or would if their files were there.
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

    /// Marks faces whose crops have gone, and takes the mark from those whose crops are back.
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
