import Files
import Foundation
import Media

/// A video, or numbered pictures, that are made of parts.
struct JoinedOutput {
    let transaction: OutputTransaction
    /// Where pictures are made; nil for a video.
    let sequence: PictureSequence?
    let info: VideoInfo
    let encoding: EncodingSettings
    /// Whether it is the one that shows the target beside the result.
    let beside: Bool

    func requirePossible(target: URL) throws {
        guard sequence == nil else { return }
        try VideoJoiner([], like: info).requirePossible(
            to: transaction.made, settings: encoding, tracksFrom: target)
    }

    func join(_ parts: [Int], in folder: PartsFolder, target: URL, end: Double, metadata: [String: String])
        throws
        -> [String]
    {
        let files = parts.map { beside ? folder.comparison($0) : folder.part($0) }
        if let sequence {
            try FileSystem.makeFolder(sequence.folder)
            var number = 0
            for file in files {
                let reader = try VideoReader(file)
                while let frame = try reader.next() {
                    try Task.checkCancellation()
                    try sequence.write(frame, number: number)
                    number += 1
                }
            }
            TemporaryName.collect(in: sequence.folder)
            try FileSystem.sync(all: (0..<number).map(sequence.file))
            return []
        }
        let notices = try VideoJoiner(files, like: info).join(
            to: transaction.made, settings: encoding, metadata: metadata, tracksFrom: target,
            end: end)
        return beside ? [] : notices.map(transaction.naming)
    }

    /// Marks the output as made.
    func finish(_ report: ConversionReport) throws {
        try transaction.finish(.made, report, file: transaction.made)
    }
}
