import Foundation
import Media
import Provenance

/// A video that is made of parts.
struct JoinedOutput {
    let url: URL
    let info: VideoInfo
    let encoding: EncodingSettings
    /// Whether it is the one that shows the target beside the result.
    let beside: Bool

    /// - Returns: in what it will differ from the target, as sentences for the user.
    /// - Throws: `MediaError` where it could not be written.
    func requirePossible(target: URL) throws -> [String] {
        let notices = try Converter.requirePossible(
            target: target, output: url, info: info, encoding: encoding)
        return beside ? [] : notices
    }

    /// - Parameter missing: frames of the target that could not be decoded.
    func join(
        _ parts: [Int], in folder: PartsFolder, target: URL, end: Double, missing: [MissingFrames]
    ) throws -> [String] {
        let files = parts.map { beside ? folder.comparison($0) : folder.part($0) }
        if let sequence = PictureSequence(url) {
            var number = 0
            for file in files {
                let reader = try VideoReader(file)
                while let frame = try reader.next() {
                    try Task.checkCancellation()
                    // A part keeps samples, not all tags.
                    try sequence.write(frame.tagged(info.colour), number: number)
                    number += 1
                }
            }
            return []
        }
        if PictureFile.isPicture(url) {
            guard let file = files.first, let frame = try VideoReader(file).next() else {
                throw MediaError(.failed, "\(url.path) is not written: there was no frame")
            }
            try PictureFile.write(frame.tagged(info.colour), to: url)
            return []
        }
        var metadata = OutputMetadata().entries
        metadata["MissingFrames"] = MissingFrames.sentence(missing)
        let notices = try VideoJoiner(files, like: info).join(
            to: url, settings: encoding, metadata: metadata, tracksFrom: target, end: end)
        return beside ? [] : notices
    }
}
