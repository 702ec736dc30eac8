import Faces
import Files
import Foundation
import Pictures
import Workspace

/// Imports a folder written by `FaceSetExport`, atomically.
struct FaceSetImport {
    let workspace: Workspace
    let set: String
    let read: (URL) throws -> Picture
    let progress: ProgressHandler

    /// Imports faces and pictures. An existing set with the same faces is not changed, so that an interrupted import can be
    /// run again.
    ///
    /// - Returns: number of faces in the folder.
    func run(_ folder: URL) throws -> Int {
        let document = try ExchangeDocument(of: folder)
        if let known = try workspace.index.set(set) {
            guard try holds(document, of: folder, known) else {
                throw CurationError(
                    .exchange,
                    "the set '\(set)' already exists with other faces in \(workspace.folder.path); choose another --set"
                )
            }
            return document.faces.count
        }
        try checkPictures(of: document, in: folder)
        let crops = workspace.cropsFolder(set: set)
        try Workspace.makeFolder(crops.appending(path: Workspace.masksName))
        let faces = try document.faces.map { face in
            try Task.checkCancellation()
            try FileSystem.copy(folder.contained(face.file), to: crops.appending(path: face.file))
            let maskFile = face.mask.map { _ in "\(Workspace.masksName)/\(CropName.stem(of: face.file)).png" }
            if let mask = face.mask, let maskFile {
                try FileSystem.copy(folder.contained(mask), to: crops.appending(path: maskFile))
            }
            guard let record = face.record(set: set, cropFile: face.file, maskFile: maskFile) else {
                throw CurationError(.exchange, "\(folder.path): \(face.file) has invalid numbers")
            }
            return record
        }
        try workspace.index.enter(record(document), clips: clips(document), faces: faces)
        return faces.count
    }

    /// Whether the existing set has the same faces and crops as the folder.
    private func holds(_ document: ExchangeDocument, of folder: URL, _ known: FaceSetRecord) throws -> Bool {
        let crops = workspace.cropsFolder(set: set)
        let clips = try workspace.index.clips(ofSet: set)
        let seen = try workspace.index.count(ofSet: set).seen
        return known.footage == nil && seen == document.faces.count
            && Set(clips.map(\.fingerprint)) == Set(document.clips.map(\.fingerprint))
            && document.faces.allSatisfy {
                FileManager.default.contentsEqual(
                    atPath: folder.appending(path: $0.file).resolvingSymlinksInPath().path,
                    andPath: crops.appending(path: $0.file).path)
            }
    }

    private func checkPictures(of document: ExchangeDocument, in folder: URL) throws {
        var complaints = ValidationErrors()
        for (number, face) in document.faces.enumerated() {
            try Task.checkCancellation()
            for (file, what) in [(face.file, "crop"), (face.mask, "mask")] {
                guard let file else { continue }
                do {
                    let picture = try read(folder.contained(file))
                    if picture.width != picture.height || !(16...4096).contains(picture.width) {
                        complaints.add(
                            "\(file): a \(what) of \(picture.width)×\(picture.height) pixels is not a square of 16 to 4096"
                        )
                    }
                } catch { complaints.add("\(error)") }
            }
            if number % 100 == 0 {
                progress(
                    ProgressEvent(
                        stage: "import", message: "checking \(folder.lastPathComponent)",
                        fraction: Double(number) / Double(document.faces.count)))
            }
        }
        try complaints.throwIfAny(
            "\(folder.path) cannot be imported",
            remedy: "copy the folder again, or remove these faces from \(ExchangeDocument.fileName)")
    }

    private func record(_ document: ExchangeDocument) -> FaceSetRecord {
        var settings = workspace.settings.extraction
        (settings.crop, settings.cropMargin, settings.cropSize) = (
            document.crop, document.margin, document.size
        )
        var record = FaceSetRecord(
            name: set,
            identity: document.identity.map { Embedding(values: $0) }
                ?? Embedding.mean(
                    of: document.faces.compactMap { $0.embedding.map { Embedding(values: $0) } }),
            settings: settings)
        record.label = document.label
        return record
    }

    private func clips(_ document: ExchangeDocument) -> [ClipRecord] {
        document.clips.map {
            ClipRecord(
                path: $0.name, fingerprint: $0.fingerprint, width: $0.width, height: $0.height,
                frameRate: $0.frameRate, frameCount: $0.frameCount)
        }
    }
}
