import Foundation
import Media
import Workspace

/// A face set in a workspace, as curation works on it: what its faces are, and which of them stay.
package struct SetCuration: Sendable {
    package let workspace: Workspace
    package let record: FaceSetRecord

    package var name: String { record.name }

    /// - Throws: `CurationError` that lists the sets that there are; `WorkspaceError`.
    package init(_ workspace: Workspace, set name: String) throws {
        guard let record = try workspace.index.set(name) else {
            let names = try workspace.index.sets().map(\.name)
            throw CurationError(
                .notFound,
                "there is no set '\(name)' in \(workspace.folder.path); "
                    + (names.isEmpty
                        ? "`dimorph extract` makes one" : "there are \(names.joined(separator: ", "))"))
        }
        self.workspace = workspace
        self.record = record
    }

    /// All faces, kept or not, by clip, frame and track.
    package func faces() throws -> [FaceSummary] { try workspace.index.summaries(ofSet: name) }

    /// Those of the faces that have these numbers, in the set's order.
    ///
    /// - Throws: `CurationError` that names numbers the set does not have.
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

    /// Changes which faces stay. That a person once put a face back is not forgotten when it goes out and comes back for
    /// another reason.
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

    /// Brings the packed copy, which training reads, up to date with what stays.
    ///
    /// - Parameter willPack: called before the work, where there is any.
    /// - Returns: what was found of the crops.
    @discardableResult
    package func pack(willPack: () -> Void = {}) throws -> CropPresence {
        try SetPacking(workspace, set: name, read: PictureFile.read).run(willPack: willPack)
    }

    /// All faces as they stand with the files that are there now; changes nothing.
    package func facesAsFound(_ crops: CropPresence) throws -> [FaceSummary] {
        let (gone, back) = (Set(crops.gone), Set(crops.back))
        return try faces().map { face in
            var face = face
            if gone.contains(face.id) { face.rejection = .missing }
            if back.contains(face.id) { face.rejection = nil }
            return face
        }
    }

    /// Where a face's crop lies; nil where it has none.
    ///
    /// - Throws: `FileError` where the index names a file outside the set's folder.
    package func crop(of face: FaceSummary) throws -> URL? {
        try face.cropFile.map { try workspace.file($0, ofSet: name) }
    }
}
