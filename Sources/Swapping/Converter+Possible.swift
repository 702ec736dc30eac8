import Foundation
import Media

extension Converter {
    /// Finds out, before any work, whether a target could be converted to an output: a few frames and the first packets of
    /// all its tracks are written to memory.
    ///
    /// - Returns: in what the output will differ from the target, as sentences for the user.
    /// - Throws: `MediaError` `unsupportedOutput` that names the output and the remedy, and what reading the target throws.
    package static func requirePossible(
        target: URL, output: URL, encoding: EncodingSettings
    ) throws -> [String] {
        try requirePossible(
            target: target, output: output, info: VideoReader(target).info, encoding: encoding)
    }

    /// - Parameter info: what the output is like.
    static func requirePossible(
        target: URL, output: URL, info: VideoInfo, encoding: EncodingSettings
    ) throws -> [String] {
        guard PictureSequence(output) == nil else { return [] }
        if PictureFile.isPicture(output) { return PictureFile.differences(info, as: output) }
        return try VideoJoiner([], like: info).requirePossible(
            to: output, settings: encoding, tracksFrom: target)
    }
}
