import Foundation
import Media

/// A video that is made of parts.
struct JoinedOutput {
    let url: URL
    let info: VideoInfo
    let encoding: EncodingSettings
    /// Whether it is the one that shows the target beside the result.
    let beside: Bool

    func requirePossible(target: URL) throws {
        guard PictureSequence(url) == nil else { return }
        try VideoJoiner([], like: info).requirePossible(to: url, settings: encoding, tracksFrom: target)
    }

    func join(_ parts: [Int], in folder: PartsFolder, target: URL, end: Double, metadata: [String: String])
        throws
        -> [String]
    {
        let files = parts.map { beside ? folder.comparison($0) : folder.part($0) }
        if let sequence = PictureSequence(url) {
            var number = 0
            for file in files {
                let reader = try VideoReader(file)
                while let frame = try reader.next() {
                    try Task.checkCancellation()
                    try sequence.write(frame, number: number)
                    number += 1
                }
            }
            return []
        }
        let notices = try VideoJoiner(files, like: info).join(
            to: url, settings: encoding, metadata: metadata, tracksFrom: target, end: end)
        return beside ? [] : notices
    }
}
