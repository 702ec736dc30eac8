import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Takes in masks that people painted, or another program made: PNGs named as the crops are. They replace those drawn from
/// the landmarks; all of them or, where one of them cannot be meant, none.
package struct MaskImport {
    private let workspace: Workspace
    private let set: String
    private let progress: ProgressHandler

    package init(_ workspace: Workspace, set: String, progress: @escaping ProgressHandler = { _ in }) {
        (self.workspace, self.set, self.progress) = (workspace, set, progress)
    }

    /// - Returns: how many masks were taken in.
    /// - Throws: `CurationError` that names all files that cannot be used; `MediaError`, `WorkspaceError`,
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
                "\(folder.path) holds no PNG; `dimorph faces masks export` writes masks to start from")
        }
        let store = MaskStore(workspace, set: set)
        guard folder.resolvingSymlinksInPath().path != store.folder.resolvingSymlinksInPath().path else {
            throw CurationError(
                .exchange,
                "\(folder.path) is where the set keeps its own masks; paint in a copy, such as `dimorph faces masks export` makes"
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
                guard !batch.holds(face) else { throw Refusal("is there twice, under another spelling") }
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
                "masks are grey PNGs named as `dimorph faces masks export` names them; correct these files or take them out"
        )
        try batch.commit()
        batch.discard()
        try store.pack(progress)
        return files.count
    }

    /// Why a file cannot be a mask.
    private struct Refusal: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// Reads a mask and brings it to the crops' size.
    private func mask(_ file: URL, size: Int) throws -> Plane {
        guard file.pathExtension.lowercased() == "png" else {
            throw Refusal("is no PNG; other formats blur a mask's edge")
        }
        let picture = try PictureFile.read(file)
        guard picture.width == picture.height, (max(16, size / 8)...size * 8).contains(picture.width) else {
            throw Refusal(
                "is \(picture.width)×\(picture.height); a mask is as square as its crop of \(size)×\(size) and at most 8 times larger or smaller"
            )
        }
        let mask = Plane(width: picture.width, height: picture.height, values: try grey(picture))
        return mask.resized(width: size, height: size)
    }

    /// Values 0…1 of a picture without colours.
    private func grey(_ picture: Picture) throws -> [Float] {
        try picture.pixels.withUnsafeBufferPointer { pixels in
            try stride(from: 0, to: pixels.count, by: 3).map { pixel in
                let (red, green, blue) = (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2])
                guard max(red, green, blue) - min(red, green, blue) <= 4 else {
                    throw Refusal("has colours; a mask is grey: white belongs to the face, black does not")
                }
                return Float(green) / 255
            }
        }
    }
}
