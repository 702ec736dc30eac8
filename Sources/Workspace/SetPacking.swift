import Foundation
import Pictures

/// Updates the packed copy of a set, which training reads, from the index.
///
/// Must run after changes of the included faces (extraction, curation), which mark the set as not packed.
package struct SetPacking: Sendable {
    private let workspace: Workspace
    private let set: String
    private let read: @Sendable (URL) throws -> Picture

    /// - Parameter read: reads a picture file; this module has no codecs. Called from several threads.
    package init(_ workspace: Workspace, set: String, read: @escaping @Sendable (URL) throws -> Picture) {
        (self.workspace, self.set, self.read) = (workspace, set, read)
    }

    /// Marks faces with missing crops, and packs the others if the copy is outdated.
    ///
    /// - Parameter willPack: called before packing, if packing is required.
    /// - Returns: state of the crop files.
    /// - Throws: `WorkspaceError`, errors of `read`, `CancellationError` (the old copy is kept).
    @discardableResult
    package func run(willPack: () -> Void = {}) throws -> CropPresence {
        guard var record = try workspace.index.set(set) else {
            throw WorkspaceError(
                .notFound,
                "there is no set '\(set)' in \(workspace.folder.path); `dimorph info` lists the existing ones"
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

    /// Throws instead of replacing a packed copy by an empty one.
    private func nothingToPack() -> WorkspaceError {
        let reasons = (try? workspace.index.count(ofSet: set).rejected) ?? [:]
        let out = reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return WorkspaceError(
            .notFound,
            "no face of the set '\(set)' is left to pack\(out.isEmpty ? "" : " (excluded: \(out))"); its packed copy was "
                + "not changed. `dimorph faces restore` restores faces, `dimorph extract` cuts missing crops"
        )
    }

    /// Reads an imported or refined mask, whose grey values are the mask values.
    private func mask(_ file: URL, size: Int) throws -> Plane {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw WorkspaceError(
                .filesMissing,
                "\(file.path) is missing, a mask that was imported or refined; restore it, import it again, or remove masks with "
                    + "`dimorph faces masks clear \(set)`"
            )
        }
        let grey = try read(file).resized(width: size, height: size)
        return Plane(
            width: size, height: size,
            values: stride(from: 0, to: grey.pixels.count, by: 3).map { Float(grey.pixels[$0]) / 255 })
    }
}
