import Foundation
import Media
import Pictures
import Workspace

/// Source of frames: a video, or pictures that form one clip.
package enum ClipSource: Sendable, Equatable {
    case video(URL)
    /// Pictures in the order of their names; `name` is the folder, the single picture, or the pattern.
    case pictures(name: URL, files: [URL], order: PictureOrder)

    /// Sources for paths: folders, picture files and patterns (`frames/%04d.png`) are pictures, all other files are videos,
    /// including GIF and APNG.
    ///
    /// - Throws: `MediaError.missing`, `ExtractionError.noInput` for a folder without pictures.
    package static func sources(at paths: [URL]) throws -> [ClipSource] {
        try paths.map { path in
            var isFolder: ObjCBool = false
            if let files = PictureOrder.files(ofPattern: path) {
                guard !files.isEmpty else {
                    throw ExtractionError(
                        .noInput, "\(path.path): no picture matches the pattern; check the pattern")
                }
                return .pictures(name: path, files: files, order: .frames)
            }
            guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
                throw MediaError(.missing, "\(path.path): no such file; check the path")
            }
            if isFolder.boolValue {
                let files = try FileManager.default.contentsOfDirectory(
                    at: path, includingPropertiesForKeys: [.fileSizeKey]
                )
                .filter { PictureFile.isPicture($0) }
                .sorted {
                    $0.lastPathComponent.localizedStandardCompare($1.lastPathComponent) == .orderedAscending
                }
                guard !files.isEmpty else {
                    throw ExtractionError(
                        .noInput,
                        "\(path.path) contains no pictures (\(PictureFile.Format.names)); specify a video or a folder of pictures"
                    )
                }
                return .pictures(name: path, files: files, order: PictureOrder(of: files))
            }
            if PictureFile.isPicture(contentsOf: path) {
                return .pictures(name: path, files: [path], order: .photographs)
            }
            return .video(path)
        }
    }

    package var url: URL {
        switch self {
        case .video(let url): url
        case .pictures(let name, _, _): name
        }
    }

    /// Interpretation of the pictures; `nil` for a video.
    package var order: PictureOrder? {
        if case .pictures(_, _, let order) = self { order } else { nil }
    }

    /// Opens the clip: its description for the index, and its frames.
    ///
    /// - Parameter time: start time in seconds; earlier frames may be skipped. Frame numbers depend only on this time.
    /// - Throws: `MediaError` that names the file, also for truncated files.
    package func open(from time: Double = 0) throws -> (clip: ClipRecord, frames: any FrameSequence) {
        switch self {
        case .video(let url):
            let reader = try VideoReader(url)
            try reader.requireComplete()
            let info = reader.info
            let clip = ClipRecord(
                path: url.path, fingerprint: try Fingerprint(of: url), width: info.squareSize.width,
                height: info.squareSize.height, frameRate: info.frameRate.value, frameCount: nil)
            // With a variable frame rate, frames can only be numbered by counting.
            if time > 0, !info.isVariableRate { try reader.seek(to: time) }
            return (clip, VideoFrames(reader))
        case .pictures(let name, let files, let order):
            let picture = try Self.firstReadable(files, of: name)
            let clip = ClipRecord(
                path: name.path, fingerprint: try Fingerprint(ofFolderWith: files), width: picture.width,
                height: picture.height, frameRate: 0, frameCount: files.count)
            return (clip, PictureFrames(files, order))
        }
    }

    private static func firstReadable(_ files: [URL], of name: URL) throws -> Picture {
        var failure: any Error = ExtractionError(.noInput, "\(name.path) contains no pictures")
        for (number, file) in files.enumerated() {
            do { return try PictureFile.read(file) } catch { if number == 0 { failure = error } }
        }
        throw failure
    }
}
