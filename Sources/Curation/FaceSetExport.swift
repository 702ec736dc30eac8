import Faces
import Files
import Foundation
import Pictures
import Workspace

/// Exports the crops of a set to a folder, with their metadata in `faces.json`.
package struct FaceSetExport {
    private let workspace: Workspace
    private let set: String
    private let recode: (URL, URL) throws -> Void
    private let progress: ProgressHandler

    /// Export options.
    package struct Options: Sendable, Equatable {
        /// Maximum number of faces, sampled evenly; `nil`: all included faces.
        package var count: Int?
        /// File format to convert the crops to; `nil`: exact copies.
        package var format: CropFormat?
        /// Whether to export embeddings, which are biometric data.
        package var withIdentity = false

        package init() {}
    }

    /// - Parameter recode: converts a picture file to the format of the second file's extension.
    package init(
        _ workspace: Workspace, set: String, progress: @escaping ProgressHandler = { _ in },
        recode: @escaping (URL, URL) throws -> Void
    ) {
        (self.workspace, self.set, self.recode, self.progress) = (workspace, set, recode, progress)
    }

    /// - Returns: number of exported faces.
    /// - Throws: `CurationError`, `WorkspaceError`, errors of `recode`, `CancellationError`; the folder is not created then.
    package func run(to folder: URL, _ options: Options = Options()) throws -> Int {
        let record = try workspace.existingSet(set)
        try CropPresence(workspace, set: set).require()
        let total = try workspace.index.count(ofSet: set).cropped
        guard total > 0 else {
            throw CurationError(
                .notFound,
                "set '\(set)' in \(workspace.folder.path) has no crops; run `dimorph extract` first")
        }
        let count = min(total, options.count ?? total)
        try AsideFolder.fill(folder) { url in
            let clips = try workspace.index.clips(ofSet: set)
            let numbers = Dictionary(clips.enumerated().map { ($1.id ?? 0, $0) }) { first, _ in first }
            let sidecar = try SidecarWriter(
                ExchangeDocument(record, clips: clips, withIdentity: options.withIdentity),
                to: url.appending(path: ExchangeDocument.fileName))
            var place = 0
            try workspace.index.forEachCrop(ofSet: set) { face in
                defer { place += 1 }
                // Face n of `count` is at position n/count of the set.
                guard place * count / total != (place + 1) * count / total else { return }
                try Task.checkCancellation()
                let entry = try export(face, clip: numbers[face.clip] ?? 0, record, to: url, options)
                try sidecar.append(entry)
                if place % 100 == 0 {
                    progress(
                        ProgressEvent(
                            stage: "export", message: "crops of '\(set)'",
                            fraction: Double(place) / Double(total)))
                }
            }
            try sidecar.close()
        }
        return count
    }

    private func export(
        _ face: FaceRecord, clip: Int, _ record: FaceSetRecord, to url: URL, _ options: Options
    ) throws -> ExchangeDocument.Face {
        let cropFile = face.cropFile ?? ""
        let stem = CropName.stem(of: cropFile)
        let source = try workspace.file(cropFile, ofSet: set)
        guard FileManager.default.fileExists(atPath: source.path) else {
            throw CurationError(
                .notFound,
                "\(source.path) is missing; restore it, or exclude its face with `dimorph faces pack \(set)`"
            )
        }
        let file = "\(stem).\(options.format?.rawValue ?? source.pathExtension)"
        let target = url.appending(path: file)
        if source.pathExtension == target.pathExtension {
            try FileSystem.copy(source, to: target)
        } else {
            try recode(source, target)
        }
        var mask: String?
        if let maskFile = face.maskFile {
            let name = "\(Workspace.masksName)/\(stem).png"
            try Workspace.makeFolder(url.appending(path: Workspace.masksName))
            try FileSystem.copy(workspace.file(maskFile, ofSet: set), to: url.appending(path: name))
            mask = name
        }
        let settings = record.settings
        return ExchangeDocument.Face(
            face, file: file, mask: mask, clip: clip,
            transform: face.crop(settings.crop, size: settings.cropSize, margin: settings.cropMargin),
            withIdentity: options.withIdentity)
    }
}

extension ExchangeDocument {
    /// The document without its faces.
    init(_ record: FaceSetRecord, clips: [ClipRecord], withIdentity: Bool) {
        let settings = record.settings
        self.init(
            set: record.name, label: record.label,
            identity: withIdentity ? record.identity?.values : nil, crop: settings.crop,
            margin: settings.cropMargin, size: settings.cropSize,
            clips: clips.map {
                Clip(
                    name: $0.name, fingerprint: $0.fingerprint, width: $0.width, height: $0.height,
                    frameRate: $0.frameRate, frameCount: $0.frameCount)
            })
    }
}

extension Workspace {
    /// Returns the set of this name or throws `CurationError`.
    func existingSet(_ name: String) throws -> FaceSetRecord {
        guard let record = try index.set(name) else {
            throw CurationError(
                .notFound,
                "there is no set '\(name)' in \(folder.path); `dimorph info --workspace \(folder.path)` lists them"
            )
        }
        return record
    }
}
