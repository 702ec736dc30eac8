import CFFmpeg
import Files
import Foundation

/// A sequence of numbered PNG files, one per frame, for compositing programs: `shots/%05d.png`. Numbered from 0.
package struct PictureSequence: Sendable {
    /// The file name pattern.
    package let url: URL
    package let folder: URL
    private let prefix: String
    private let suffix: String
    private let digits: Int

    /// `nil` for a name that is not a pattern of PNG files.
    package init?(_ url: URL) {
        guard
            let match = url.lastPathComponent.wholeMatch(of: /([^%]*)%(0?[0-9]?)d([^%]*\.png)/.ignoresCase())
        else { return nil }
        self.url = url
        folder = url.deletingLastPathComponent()
        (prefix, suffix) = (String(match.1), String(match.3))
        digits = Int(match.2) ?? 1
    }

    /// The same pattern in another folder.
    package func moved(to folder: URL) -> PictureSequence? {
        PictureSequence(folder.appendingPathComponent(url.lastPathComponent))
    }

    package func file(_ number: Int) -> URL {
        let text = String(number)
        return folder.appendingPathComponent(
            prefix + String(repeating: "0", count: max(0, digits - text.count)) + text + suffix)
    }

    /// Writes a frame at its bit depth: 8 bits, with alpha if it has any, or 16.
    package func write(_ frame: VideoFrame, number: Int) throws {
        try PictureFile.write(frame, to: file(number), quality: 100, syncs: false)
    }
}

extension VideoFrame {
    /// The same samples with other colour tags.
    package func tagged(_ colour: ColourTags) throws -> VideoFrame {
        let reference = try buffer.reference()
        colour.apply(to: reference.av)
        return with(reference)
    }
}

extension PictureFile {
    /// Differences between a video's frames and pictures of this format, as sentences for the user.
    package static func differences(_ info: VideoInfo, as url: URL) -> [String] {
        let (format, own) = (Format(for: url), PixelFormat(name: info.pixelFormat))
        var notices: [String] = []
        if own?.hasAlpha == true, !format.holdsAlpha {
            notices.append("the output has no transparency, because .\(url.pathExtension) has none")
        }
        if info.bitDepth > 8, !format.holdsDepth {
            notices.append("the output has 8 bits a sample instead of \(info.bitDepth)")
        }
        return notices
    }

    /// Writes a frame as a picture, with the depth and alpha that the format supports.
    ///
    /// - Parameters:
    ///   - quality: as in `PictureFile.write`; 100 is lossless for WebP.
    ///   - syncs: false if the caller syncs many pictures together.
    package static func write(
        _ frame: VideoFrame, to url: URL, quality: Int = 95, syncs: Bool = true
    ) throws {
        do {
            let own = try frame.layout(width: frame.width, height: frame.height)
            let bytes = try FFmpegLog.capturing {
                try encode(frame.buffer, own, frame.converter, as: Format(for: url), quality: quality)
            }
            try DurableFile.write(bytes, to: url, syncs: syncs)
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(url.path) could not be encoded", cause: error)
        }
    }
}
