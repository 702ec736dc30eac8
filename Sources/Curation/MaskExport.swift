import Faces
import Files
import Foundation
import Media
import Pictures
import Workspace

/// Exports the mask of each face as a greyscale PNG with the size and name of its crop, for manual editing.
package struct MaskExport {
    private let workspace: Workspace
    private let set: String
    private let progress: ProgressHandler

    package init(_ workspace: Workspace, set: String, progress: @escaping ProgressHandler = { _ in }) {
        (self.workspace, self.set, self.progress) = (workspace, set, progress)
    }

    /// - Returns: number of exported masks.
    /// - Throws: `CurationError`, `MediaError`, `WorkspaceError`, `CancellationError`; the folder is not created then.
    package func run(to folder: URL) throws -> Int {
        let settings = try workspace.existingSet(set).settings
        let total = try workspace.index.count(ofSet: set).cropped
        guard total > 0 else {
            throw CurationError(
                .notFound,
                "set '\(set)' in \(workspace.folder.path) has no crops; run `dimorph extract` first")
        }
        var count = 0
        try AsideFolder.fill(folder) { url in
            try workspace.index.forEachCrop(ofSet: set) { face in
                try Task.checkCancellation()
                let target = url.appending(path: "\(CropName.stem(of: face.cropFile ?? "")).png")
                if let painted = face.maskFile {
                    try FileSystem.copy(workspace.file(painted, ofSet: set), to: target)
                } else {
                    let size = settings.cropSize
                    let mask = FaceMask.plane(
                        landmarks: face.face.landmarks,
                        transform: face.crop(settings.crop, size: size, margin: settings.cropMargin),
                        size: size)
                    try PictureFile.write(mask, to: target)
                }
                count += 1
                if count % 100 == 0 {
                    progress(
                        ProgressEvent(
                            stage: "masks", message: "masks of '\(set)'",
                            fraction: Double(count) / Double(total)))
                }
            }
        }
        return count
    }
}
