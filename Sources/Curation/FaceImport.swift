import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Imports a folder, an export or a folder of pictures, as a packed face set.
package struct FaceImport {
    private let workspace: Workspace
    private let set: String
    private let find: (Picture) throws -> [ObservedFace]
    private let progress: ProgressHandler
    private let batch: Int

    /// - Parameter find: detects all faces of an independent picture, with embeddings.
    package init(
        _ workspace: Workspace, set: String, batch: Int = 50, progress: @escaping ProgressHandler = { _ in },
        find: @escaping (Picture) throws -> [ObservedFace]
    ) {
        (self.workspace, self.set, self.find, self.progress) = (workspace, set, find, progress)
        self.batch = max(1, batch)
    }

    /// - Throws: `CurationError`, `MediaError`, `WorkspaceError`, `CancellationError` (pictures analysed so far are kept).
    package func run(_ folder: URL) throws -> ImportSummary {
        try Workspace.checkSetName(set)
        try CropPresence(workspace, set: set).require()
        var summary = ImportSummary(set: set)
        let sidecar = folder.appending(path: ExchangeDocument.fileName)
        if FileManager.default.fileExists(atPath: sidecar.path) {
            _ = try FaceSetImport(
                workspace: workspace, set: set, read: PictureFile.read, progress: progress
            ).run(folder)
        } else {
            try PictureImport(workspace: workspace, set: set, find: find, progress: progress, batch: batch)
                .run(folder, &summary)
        }
        try SetPacking(workspace, set: set, read: PictureFile.read).run {
            progress(ProgressEvent(stage: "import", message: "packing the set", fraction: 0.99))
        }
        summary.faces = try workspace.index.count(ofSet: set).kept
        return summary
    }
}
