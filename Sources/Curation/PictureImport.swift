import Faces
import Foundation
import Media
import Pictures
import Workspace

/// Imports a folder of pictures of one person, such as another tool's aligned faces: landmarks, expression and identity are
/// detected again, and crops are cut as by extraction.
///
/// Each picture is a separate track, because the order of pictures is not known to be temporal. Every 50 pictures are
/// committed in a transaction; an interrupted import resumes from there.
struct PictureImport {
    let workspace: Workspace
    let set: String
    /// Detects all faces of a picture, with embeddings.
    let find: (Picture) throws -> [ObservedFace]
    let progress: ProgressHandler
    /// Pictures per transaction.
    let batch: Int

    func run(_ folder: URL, _ summary: inout ImportSummary) throws {
        let files = try ExchangeFiles.list(folder).filter { PictureFile.isPicture($0) }
        guard !files.isEmpty else {
            throw CurationError(
                .exchange,
                "\(folder.path) contains no pictures (\(PictureFile.Format.names)) and no \(ExchangeDocument.fileName); check the path"
            )
        }
        let isNew = try workspace.index.set(set) == nil
        var record = try open()
        let clip = try workspace.index.enter(
            ClipRecord(
                path: folder.path, fingerprint: try Fingerprint(ofFolderWith: files), width: 0, height: 0,
                frameRate: 0, frameCount: files.count))
        let number = clip.id ?? 0
        var state = try workspace.index.extraction(set: set, clip: number)
        if !state.isAnalysed {
            try look(at: files, folder, record.settings, &state, &summary)
        }
        if try workspace.index.count(ofSet: set).seen == 0 {
            if isNew { try workspace.index.deleteSet(set) }
            let damaged = state.unreadableFrames
            throw CurationError(
                .exchange,
                "no face was found in the \(files.count) pictures of \(folder.path)"
                    + (damaged > 0
                        ? " (\(damaged) cannot be read: \(summary.unreadable.prefix(3).joined(separator: ", ")))"
                        : "")
                    + "; use sharp pictures of faces wider than about 40 pixels")
        }
        if record.identity == nil {
            record.identity = Embedding.mean(
                of: try workspace.index.detections(ofSet: set).compactMap(\.embedding))
            try workspace.index.save(record)
        }
    }

    private func open() throws -> FaceSetRecord {
        var record =
            try workspace.index.set(set) ?? FaceSetRecord(name: set, settings: workspace.settings.extraction)
        record.isPacked = false
        try workspace.index.save(record)
        return record
    }

    private func look(
        at files: [URL], _ folder: URL, _ settings: ExtractionSettings, _ state: inout ExtractionState,
        _ summary: inout ImportSummary
    ) throws {
        let name =
            "\(state.clip)-\(folder.lastPathComponent.filter { $0.isLetter || $0.isNumber || "-_".contains($0) })"
        try Workspace.makeFolder(workspace.cropsFolder(set: set).appending(path: name))
        var faces: [FaceRecord] = []
        for (position, file) in files.enumerated().dropFirst(state.nextFrame) {
            if faces.count >= batch || Task.isCancelled {
                try workspace.index.commit(faces, state)
                faces = []
                try Task.checkCancellation()
            }
            summary.pictures += 1
            if let face = try face(in: file, position, name, settings, &state, &summary) {
                faces.append(face)
            }
            (state.nextFrame, state.nextCrop) = (position + 1, position + 1)
            progress(
                ProgressEvent(
                    stage: "import", message: "faces in \(folder.lastPathComponent)",
                    fraction: Double(position + 1) / Double(files.count)))
        }
        (state.isAnalysed, state.isCropped) = (true, true)
        try workspace.index.commit(faces, state, frameCount: files.count)
    }

    /// Detects the face of one picture and writes its crop; `nil` if there is no face.
    private func face(
        in file: URL, _ position: Int, _ name: String, _ settings: ExtractionSettings,
        _ state: inout ExtractionState, _ summary: inout ImportSummary
    ) throws -> FaceRecord? {
        let picture: Picture
        do { picture = try PictureFile.read(file) } catch let error as MediaError where error.isBadInput {
            summary.unreadable.append("\(error)")
            state.unreadableFrames += 1
            return nil
        }
        guard let (found, others) = try CentralFace(find: find)(picture) else {
            summary.withoutFace.append(file.lastPathComponent)
            state.framesWithoutFace += 1
            return nil
        }
        if others > 0 { summary.several.append(file.lastPathComponent) }
        var face = found
        face.track = position
        var record = FaceRecord(
            setName: set, clip: state.clip, frame: position, time: Double(position), face: face)
        record.steady = face.alignment
        let size = settings.cropSize
        let transform = record.crop(settings.crop, size: size, margin: settings.cropMargin)
        let crop = picture.crop(transform, width: size, height: size)
        let digits = String(position)
        let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
        let cropFile = "\(name)/\(zeros)\(digits).\(settings.cropFormat.rawValue)"
        try PictureFile.write(crop, to: workspace.cropsFolder(set: set).appending(path: cropFile))
        record.cropFile = cropFile
        record.quality = FaceQuality(crop: crop, landmarks: face.landmarks, transform: transform)
        return record
    }
}
