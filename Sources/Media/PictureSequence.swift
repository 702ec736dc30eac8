import CFFmpeg
import Files
import Foundation

/// Numbered PNG files, one a frame, as compositing programs read them: `shots/%05d.png`. Counted from 0.
package struct PictureSequence: Sendable {
    /// The pattern.
    package let url: URL
    package let folder: URL
    private let prefix: String
    private let suffix: String
    private let digits: Int

    /// Nil for a name that is no pattern of PNG files.
    package init?(_ url: URL) {
        guard
            let match = url.lastPathComponent.wholeMatch(of: /([^%]*)%(0?[0-9]?)d([^%]*\.png)/.ignoresCase())
        else { return nil }
        self.url = url
        folder = url.deletingLastPathComponent()
        (prefix, suffix) = (String(match.1), String(match.3))
        digits = Int(match.2) ?? 1
    }

    /// The same names in another folder.
    package func moved(to folder: URL) -> PictureSequence? {
        PictureSequence(folder.appendingPathComponent(url.lastPathComponent))
    }

    package func file(_ number: Int) -> URL {
        let text = String(number)
        return folder.appendingPathComponent(
            prefix + String(repeating: "0", count: max(0, digits - text.count)) + text + suffix)
    }

    /// Writes a frame with the depth it has: 8 bits, with alpha where there is one, or 16.
    package func write(_ frame: VideoFrame, number: Int) throws {
        let source = try frame.layout(width: frame.width, height: frame.height)
        let format =
            source.format.hasAlpha
            ? AV_PIX_FMT_RGBA : source.format.bitDepth > 8 ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24
        do {
            let target = PixelLayout(
                width: frame.width, height: frame.height, format: try PictureFile.known(format),
                colour: .unspecified, frameWidth: frame.width, frameHeight: frame.height)
            let picture = try frame.converter.convert(frame.buffer, from: source, to: target)
            try DurableFile.write(
                PictureFile.encode(picture, codec: AV_CODEC_ID_PNG, quality: 100), to: file(number),
                syncs: false)
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(file(number).path) could not be encoded", cause: error)
        }
    }
}
