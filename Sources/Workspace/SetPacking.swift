import Foundation
import Pictures

/// Brings a set's packed copy, which training reads, up to date with the index.
///
/// Whoever changes which faces stay (extraction, curation) marks the set as not packed and runs this.
package struct SetPacking: Sendable {
    private let workspace: Workspace
    private let set: String
    private let read: @Sendable (URL) throws -> Picture

    /// - Parameter read: reads a picture file; codecs are not the workspace's. Called from several threads.
    package init(_ workspace: Workspace, set: String, read: @escaping @Sendable (URL) throws -> Picture) {
        (self.workspace, self.set, self.read) = (workspace, set, read)
    }

    /// Leaves out faces whose crops a person has deleted, and packs the others where the copy is not what it should be.
    ///
    /// - Parameter willPack: called before the work, where there is any.
    /// - Throws: `WorkspaceError`, what `read` throws, `CancellationError` (the old copy stays).
    package func run(willPack: () -> Void = {}) throws {
        guard var record = try workspace.index.set(set) else {
            throw WorkspaceError(
                .notFound,
                "there is no set '\(set)' in \(workspace.folder.path); `dimorph info` lists those that are"
            )
        }
        let deleted = try rejectDeleted()
        let url = workspace.packed(set: set)
        if record.isPacked, !deleted, (try? PackedSet(mapping: url)) != nil { return }
        willPack()
        let settings = record.settings
        let size = settings.packedSize
        try PackedSetWriter(
            crop: settings.crop, margin: settings.cropMargin, size: size, smoothing: settings.smoothing
        )
        .write(set: set, of: workspace.index, to: url) { face in
            try read(workspace.file(face.cropFile ?? "", ofSet: set)).resized(
                width: size, height: size)
        } mask: { face in
            try face.maskFile.map { try mask(workspace.file($0, ofSet: set), size: size) }
        }
        record.isPacked = true
        try workspace.index.save(record)
    }

    /// A painted mask, whose grey is how much belongs to the face.
    private func mask(_ file: URL, size: Int) throws -> Plane {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw WorkspaceError(
                .damaged,
                "\(file.path) is missing: a mask that was imported; import it again, or `dimorph faces masks clear \(set)`"
            )
        }
        let grey = try read(file).resized(width: size, height: size)
        return Plane(
            width: size, height: size,
            values: stride(from: 0, to: grey.pixels.count, by: 3).map { Float(grey.pixels[$0]) / 255 })
    }

    private func rejectDeleted() throws -> Bool {
        let folder = workspace.cropsFolder(set: set)
        var deleted: [Int64] = []
        try workspace.index.forEachCrop(ofSet: set) { face in
            guard let file = face.cropFile, let id = face.id else { return }
            if !FileManager.default.fileExists(atPath: folder.appending(path: file).path) {
                deleted.append(id)
            }
        }
        try workspace.index.rejectByHand(deleted)
        return !deleted.isEmpty
    }
}
