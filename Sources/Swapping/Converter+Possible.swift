import Foundation
import Media

extension Converter {
    /// Checks in advance whether a target can be converted to an output, by writing a few frames and the first packets of
    /// all its tracks to memory.
    ///
    /// - Returns: differences between the output and the target, as sentences for the user.
    /// - Throws: `MediaError` `unsupportedOutput` that names the output and the remedy, and errors of reading the target.
    package static func requirePossible(
        target: URL, output: URL, encoding: EncodingSettings
    ) throws -> [String] {
        try requirePossible(
            target: target, output: output, info: VideoReader(target).info, encoding: encoding)
    }

    /// - Parameter info: properties of the output.
    static func requirePossible(
        target: URL, output: URL, info: VideoInfo, encoding: EncodingSettings
    ) throws -> [String] {
        guard PictureSequence(output) == nil else { return [] }
        if PictureFile.isPicture(output) { return PictureFile.differences(info, as: output) }
        return try VideoJoiner([], like: info).requirePossible(
            to: output, settings: encoding, tracksFrom: target)
    }
}
