import Media
import Workspace

/// Removes imported and refined masks; faces then have masks derived from their landmarks.
package struct MaskClearing {
    private let workspace: Workspace
    private let set: String

    private let progress: ProgressHandler

    package init(_ workspace: Workspace, set: String, progress: @escaping ProgressHandler = { _ in }) {
        (self.workspace, self.set, self.progress) = (workspace, set, progress)
    }

    /// - Parameter faces: file names with or without extension; empty: all faces with a mask.
    /// - Returns: number of removed masks.
    package func run(_ faces: [String] = []) throws -> Int {
        _ = try workspace.existingSet(set)
        try CropPresence(workspace, set: set).require()
        let store = MaskStore(workspace, set: set)
        let count = try store.clear(faces.map(CropName.stem))
        try store.pack(progress)
        return count
    }
}
