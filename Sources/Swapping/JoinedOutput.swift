import Files
import Foundation
import Media

/// A video, or numbered pictures, joined from parts.
struct JoinedOutput {
    let transaction: OutputTransaction
    /// Folder of the pictures; `nil` for a video.
    let sequence: PictureSequence?
    let info: VideoInfo
    let encoding: EncodingSettings
    /// Whether this is the comparison of target and result.
    let beside: Bool

    /// - Returns: differences from the target, as sentences for the user.
    /// - Throws: `MediaError` if it cannot be written.
    func requirePossible(target: URL) throws -> [String] {
        guard sequence == nil else { return [] }
        let notices = try Converter.requirePossible(
            target: target, output: transaction.made, info: info, encoding: encoding)
        return beside ? [] : notices.map(transaction.naming)
    }

    /// - Parameter metadata: metadata of the container.
    func join(
        _ parts: [Int], in folder: PartsFolder, target: URL, end: Double, metadata: [String: String]
    ) throws -> [String] {
        let files = parts.map { beside ? folder.comparison($0) : folder.part($0) }
        if let sequence {
            try FileSystem.makeFolder(sequence.folder)
            var number = 0
            for file in files {
                let reader = try VideoReader(file)
                while let frame = try reader.next() {
                    try Task.checkCancellation()
                    // A part stores samples, not all tags.
                    try sequence.write(frame.tagged(info.colour), number: number)
                    number += 1
                }
            }
            TemporaryName.collect(in: sequence.folder)
            try FileSystem.sync(all: (0..<number).map(sequence.file))
            return []
        }
        if PictureFile.isPicture(transaction.made) {
            guard let file = files.first, let frame = try VideoReader(file).next() else {
                throw MediaError(.failed, "\(transaction.output.path) is not written: there are no frames")
            }
            try PictureFile.write(frame.tagged(info.colour), to: transaction.made)
            return []
        }
        let notices = try VideoJoiner(files, like: info).join(
            to: transaction.made, settings: encoding, metadata: metadata, tracksFrom: target, end: end)
        return beside ? [] : notices.map(transaction.naming)
    }

    /// Marks the output as made.
    func finish(_ report: ConversionReport) throws {
        try transaction.finish(.made, report, file: transaction.made)
    }
}
