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

    /// Marks faces whose crops are missing, and packs the others where the copy is not what it should be.
    ///
    /// - Parameter willPack: called before the work, where there is any.
    /// - Returns: what was found of the crops.
    /// - Throws: `WorkspaceError`, what `read` throws, `CancellationError` (the old copy stays).
    @discardableResult
    package func run(willPack: () -> Void = {}) throws -> CropPresence {
        guard var record = try workspace.index.set(set) else {
            throw WorkspaceError(
                .notFound,
                "there is no set '\(set)' in \(workspace.folder.path); `dimorph info` lists those that are"
            )
        }
        let crops = try CropPresence(workspace, set: set)
        try crops.require()
        let isChanged = try crops.record()
        let url = workspace.packed(set: set)
        if record.isPacked, !isChanged, (try? PackedSet(mapping: url))?.isCurrent == true { return crops }
        guard crops.present > 0 else { throw nothingToPack() }
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
        return crops
    }

    /// A packed copy with faces is not replaced by an empty one.
    private func nothingToPack() -> WorkspaceError {
        let reasons = (try? workspace.index.count(ofSet: set).rejected) ?? [:]
        let out = reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return WorkspaceError(
            .notFound,
            "no face of the set '\(set)' is left to pack\(out.isEmpty ? "" : " (left out: \(out))"); its packed copy stays as "
                + "it was. `dimorph faces restore` brings faces back, `dimorph extract` cuts crops that are wanted"
        )
    }

    /// A painted mask, whose grey is how much belongs to the face.
    private func mask(_ file: URL, size: Int) throws -> Plane {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw WorkspaceError(
                .filesMissing,
                "\(file.path) is missing, a mask that was imported or refined; put it back, import it again, or give masks up by "
                    + "`dimorph faces masks clear \(set)`"
            )
        }
        let grey = try read(file).resized(width: size, height: size)
        return Plane(
            width: size, height: size,
            values: stride(from: 0, to: grey.pixels.count, by: 3).map { Float(grey.pixels[$0]) / 255 })
    }
}
