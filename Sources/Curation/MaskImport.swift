import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Imports masks that were painted or made by another program: PNGs with the names of the crops. They replace those derived
/// from landmarks. If any file is invalid, nothing is imported.
package struct MaskImport {
    private let workspace: Workspace
    private let set: String
    private let progress: ProgressHandler

    package init(_ workspace: Workspace, set: String, progress: @escaping ProgressHandler = { _ in }) {
        (self.workspace, self.set, self.progress) = (workspace, set, progress)
    }

    /// - Returns: number of imported masks.
    /// - Throws: `CurationError` that names all invalid files; `MediaError`, `WorkspaceError`,
    ///   `CancellationError`.
    package func run(_ folder: URL) throws -> Int {
        let size = try workspace.existingSet(set).settings.cropSize
        try CropPresence(workspace, set: set).require()
        let files = try ExchangeFiles.list(folder).filter {
            PictureFile.isPicture($0) || $0.pathExtension.lowercased() == "gif"
        }
        guard !files.isEmpty else {
            throw CurationError(
                .exchange,
                "\(folder.path) contains no PNG; `dimorph faces masks export` writes masks to start from")
        }
        let store = MaskStore(workspace, set: set)
        guard folder.resolvingSymlinksInPath().path != store.folder.resolvingSymlinksInPath().path else {
            throw CurationError(
                .exchange,
                "\(folder.path) is the folder of the masks in use; edit a copy, as written by `dimorph faces masks export`"
            )
        }
        let batch = try store.begin()
        defer { batch.discard() }
        var complaints = ValidationErrors()
        let names = try store.names()
        for (number, file) in files.enumerated() {
            try Task.checkCancellation()
            do {
                guard let face = names[CropName.stem(of: file.lastPathComponent)] else {
                    throw Refusal("matches no crop of '\(set)'")
                }
                guard !batch.contains(face) else { throw Refusal("occurs twice with different spelling") }
                try batch.add(mask(file, size: size), for: face)
            } catch let error as Refusal {
                complaints.add("\(file.lastPathComponent) \(error.reason)")
            } catch let error as MediaError where error.isBadInput {
                complaints.add("\(error)")
            }
            if number % 100 == 0 {
                progress(
                    ProgressEvent(
                        stage: "masks", message: "masks in \(folder.lastPathComponent)",
                        fraction: Double(number) / Double(files.count)))
            }
        }
        try complaints.throwIfAny(
            "no mask of \(folder.path) was imported",
            remedy:
                "masks must be greyscale PNGs named as by `dimorph faces masks export`; correct or remove these files"
        )
        try batch.commit()
        batch.discard()
        try store.pack(progress)
        return files.count
    }

    /// The reason why a file is not a valid mask.
    private struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// Reads a mask and resizes it to the crop size.
    private func mask(_ file: URL, size: Int) throws -> Plane {
        guard file.pathExtension.lowercased() == "png" else {
            throw Refusal("is not a PNG; other formats blur the edge of a mask")
        }
        let picture = try PictureFile.read(file)
        guard picture.width == picture.height, (max(16, size / 8)...size * 8).contains(picture.width) else {
            throw Refusal(
                "is \(picture.width)×\(picture.height); a mask must be square and within a factor of 8 of its crop size \(size)"
            )
        }
        let mask = Plane(width: picture.width, height: picture.height, values: try grey(picture))
        return mask.resized(width: size, height: size)
    }

    /// Values of a greyscale picture, 0…1.
    private func grey(_ picture: Picture) throws -> [Float] {
        try picture.pixels.withUnsafeBufferPointer { pixels in
            try stride(from: 0, to: pixels.count, by: 3).map { pixel in
                let (red, green, blue) = (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2])
                guard max(red, green, blue) - min(red, green, blue) <= 4 else {
                    throw Refusal(
                        "has colours; a mask must be greyscale: white belongs to the face, black does not")
                }
                return Float(green) / 255
            }
        }
    }
}
