import Foundation
import Media
import Workspace

/// Access to the faces of a set for curation: their measurements and whether they are excluded.
package struct SetCuration: Sendable {
    package let workspace: Workspace
    package let record: FaceSetRecord

    package var name: String { record.name }

    /// - Throws: `CurationError` that lists the existing sets; `WorkspaceError`.
    package init(_ workspace: Workspace, set name: String) throws {
        guard let record = try workspace.index.set(name) else {
            let names = try workspace.index.sets().map(\.name)
            throw CurationError(
                .notFound,
                "there is no set '\(name)' in \(workspace.folder.path); "
                    + (names.isEmpty
                        ? "`dimorph extract` creates one" : "existing sets: \(names.joined(separator: ", "))")
            )
        }
        self.workspace = workspace
        self.record = record
    }

    /// All faces, included or excluded, by clip, frame and track.
    package func faces() throws -> [FaceSummary] { try workspace.index.summaries(ofSet: name) }

    /// The faces with these numbers, in the order of the set.
    ///
    /// - Throws: `CurationError` that names unknown numbers.
    package func faces(numbered ids: [Int64]) throws -> [FaceSummary] {
        let wanted = Set(ids)
        let found = try faces().filter { wanted.contains($0.id) }
        let missing = wanted.subtracting(found.map(\.id)).sorted()
        guard missing.isEmpty else {
            let some = missing.prefix(5).map(String.init).joined(separator: ", ")
            throw CurationError(
                .notFound,
                "set '\(name)' has no face \(some)\(missing.count > 5 ? " …" : ""); `dimorph faces list \(name)` shows the numbers"
            )
        }
        return found
    }

    /// Excludes or restores faces. The remark of an earlier manual restoration is kept.
    package func mark(_ marks: [FaceMark]) throws {
        guard !marks.isEmpty else { return }
        let mark = FaceRecord.restored
        let restored = Set(try faces().filter { $0.remark?.hasPrefix(mark) == true }.map(\.id))
        let kept = marks.map { change in
            guard restored.contains(change.id), change.remark?.hasPrefix(mark) != true else { return change }
            let remark = change.rejection == nil ? mark : "\(mark); \(change.remark ?? "left out by hand")"
            return FaceMark(id: change.id, rejection: change.rejection, remark: remark)
        }
        try workspace.index.mark(kept, inSet: name)
    }

    /// Updates the packed copy, which training reads.
    ///
    /// - Parameter willPack: called before packing, if packing is required.
    /// - Returns: state of the crop files.
    @discardableResult
    package func pack(willPack: () -> Void = {}) throws -> CropPresence {
        try SetPacking(workspace, set: name, read: PictureFile.read).run(willPack: willPack)
    }

    /// All faces with the current state of their crop files; does not change the index.
    package func facesAsFound(_ crops: CropPresence) throws -> [FaceSummary] {
        let (gone, back) = (Set(crops.gone), Set(crops.back))
        return try faces().map { face in
            var face = face
            if gone.contains(face.id) { face.rejection = .missing }
            if back.contains(face.id) { face.rejection = nil }
            return face
        }
    }

    /// URL of a face's crop; `nil` if it has none.
    ///
    /// - Throws: `FileError` if the path in the index is outside the set's folder.
    package func crop(of face: FaceSummary) throws -> URL? {
        try face.cropFile.map { try workspace.file($0, ofSet: name) }
    }
}
