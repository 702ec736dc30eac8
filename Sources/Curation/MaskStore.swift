import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Storage of imported and refined masks: PNGs in `sets/NAME/masks`, registered in the index.
struct MaskStore {
    let workspace: Workspace
    let set: String

    init(_ workspace: Workspace, set: String) { (self.workspace, self.set) = (workspace, set) }

    /// Below the set's folder.
    var folder: URL { workspace.cropsFolder(set: set).appending(path: Workspace.masksName) }

    /// Included faces with a crop, by base name of their files.
    func names() throws -> [String: Int64] {
        var names: [String: Int64] = [:]
        try workspace.index.forEachCrop(ofSet: set) { face in
            if let file = face.cropFile, let id = face.id { names[CropName.stem(of: file)] = id }
        }
        return names
    }

    /// Updates the packed copy.
    func pack(_ progress: ProgressHandler) throws {
        try SetPacking(workspace, set: set, read: PictureFile.read).run {
            progress(ProgressEvent(stage: "masks", message: "packing the set", fraction: 0.99))
        }
    }

    func begin() throws -> Batch { try Batch(self) }

    /// Removes the masks of the given faces; empty: all masks.
    ///
    /// - Returns: number of removed masks.
    func clear(_ stems: [String]) throws -> Int {
        let all = try workspace.index.maskedFaces(ofSet: set)
        var masked: [String: Int64] = [:]
        for (id, file) in all { if let file { masked[CropName.stem(of: file)] = id } }
        var complaints = ValidationErrors()
        for stem in stems where masked[stem] == nil { complaints.add(stem) }
        try complaints.throwIfAny(
            "these faces of '\(set)' have no imported or refined mask",
            remedy: "use the file names of `dimorph faces masks export`")
        let ids = stems.isEmpty ? Array(all.keys) : stems.compactMap { masked[$0] }
        try workspace.index.enterMasks(
            Dictionary(ids.map { ($0, nil) }) { first, _ in first }, set: set)
        sweep()
        return ids.count
    }

    /// Removes files that are not in the index.
    private func sweep() {
        guard let named = try? Set(workspace.index.masks(ofSet: set)),
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return }
        for file in files where !named.contains("\(Workspace.masksName)/\(file)") {
            try? FileManager.default.removeItem(at: folder.appending(path: file))
        }
    }

    /// A batch of new masks, registered in the index only when all files are written.
    final class Batch {
        private let store: MaskStore
        /// Unique part of the file names of this batch, distinct from the replaced files.
        private let mark = UUID().uuidString.prefix(8)
        private var files: [Int64: String?] = [:]

        fileprivate init(_ store: MaskStore) throws {
            self.store = store
            try Workspace.makeFolder(store.folder)
        }

        func contains(_ face: Int64) -> Bool { files[face] != nil }

        func add(_ mask: Plane, for face: Int64) throws {
            let file = "\(face)-\(mark).png"
            try PictureFile.write(mask, to: store.folder.appending(path: file))
            files[face] = "\(Workspace.masksName)/\(file)"
        }

        func commit() throws { try store.workspace.index.enterMasks(files, set: store.set) }

        /// Removes replaced and unregistered files.
        func discard() { store.sweep() }
    }
}
