import Media
import Workspace

/// Takes painted masks away: faces have those drawn from their landmarks again.
package struct MaskClearing {
    private let workspace: Workspace
    private let set: String

    private let progress: ProgressHandler

    package init(_ workspace: Workspace, set: String, progress: @escaping ProgressHandler = { _ in }) {
        (self.workspace, self.set, self.progress) = (workspace, set, progress)
    }

    /// - Parameter faces: their files' names, with or without extension; all that have a mask where none is named.
    /// - Returns: how many masks there were.
    package func run(_ faces: [String] = []) throws -> Int {
        _ = try workspace.existingSet(set)
        try CropPresence(workspace, set: set).require()
        let store = MaskStore(workspace, set: set)
        let count = try store.clear(faces.map(CropName.stem))
        try store.pack(progress)
        return count
    }
}
