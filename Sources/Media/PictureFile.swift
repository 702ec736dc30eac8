import CFFmpeg
import Files
import Foundation
import Pictures

/// Pictures in files: reads and writes PNG, JPEG, WebP, BMP and TIFF.
package enum PictureFile {
    /// Whether a file's name is that of a picture which can be read.
    package static func isPicture(_ url: URL) -> Bool { Format(extension: url) != nil }

    /// Whether a file is a picture: by its first bytes, or where it cannot be read by its name.
    package static func isPicture(contentsOf url: URL) -> Bool {
        guard let head = head(of: url) else { return isPicture(url) }
        // A stream of JPEG pictures begins as a JPEG picture does.
        if ["mjpeg", "mjpg"].contains(url.pathExtension.lowercased()) { return false }
        return Format(signatureOf: head) != nil
    }

    /// The first bytes of a file; nil where it cannot be read.
    static func head(of url: URL) -> [UInt8]? {
        guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 64)).map { [UInt8]($0) }
    }

    /// Files and pictures beyond these are refused before memory is spent on them.
    static let maximumBytes: Int64 = 512 << 20
    static let maximumPixels: Int64 = 200_000_000

    /// Reads a picture, upright by its EXIF orientation, without alpha.
    ///
    /// - Throws: `MediaError` `missing`, `unreadable`.
    package static func read(_ url: URL) throws -> Picture {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw MediaError(.missing, "\(url.path): there is no such file; check the path")
        }
        guard fileSize(url) <= maximumBytes else {
            throw MediaError(
                .unreadable, "\(url.path) is too large for a picture; make it smaller than 512 MB")
        }
        do {
            return try decode([UInt8](Data(contentsOf: url)), name: url.path)
        } catch let error as MediaError {
            throw error
        } catch {
            throw MediaError(.unreadable, "\(url.path) may not be read; check its permissions", cause: error)
        }
    }

    /// Reads a picture from a file's bytes.
    ///
    /// - Parameter name: how messages call it.
    package static func decode(_ bytes: [UInt8], name: String = "picture") throws -> Picture {
        FFmpegLog.silence()
        guard let format = Format(signatureOf: Array(bytes.prefix(64))) else {
            throw MediaError(.unreadable, "\(name) is not a picture (\(Format.names))")
        }
        try Format.refuseAnimation(Array(bytes.prefix(64)), name: name)
        do {
            return try FFmpegLog.capturing { try decode(bytes, format.codec) }
        } catch {
            throw MediaError(
                .unreadable, "\(name) cannot be read: it is damaged; copy or save it again", cause: error)
        }
    }

    /// Writes a picture under a temporary name, then renames it, so that no half-written picture is ever
    /// seen.
    ///
    /// - Parameters:
    ///   - url: its extension decides the format; PNG for an unknown one.
    ///   - quality: 1…100 as other programs count, for JPEG and WebP; JPEG from 85 on with full chroma.
    ///   - syncs: false where the caller syncs many pictures together.
    package static func write(
        _ picture: Picture, to url: URL, quality: Int = 95, syncs: Bool = true
    ) throws {
        try DurableFile.write(encode(picture, as: Format(for: url), quality: quality), to: url, syncs: syncs)
    }

    /// Writes a plane as gray, 0…1 as 0…255 (values beyond are clamped).
    package static func write(_ plane: Plane, to url: URL, quality: Int = 95) throws {
        try DurableFile.write(encode(plane, as: Format(for: url), quality: quality), to: url)
    }

    package static func encode(_ picture: Picture, as format: Format, quality: Int = 95) throws -> [UInt8] {
        try encodeNaming {
            let rgb = try FrameBuffer(
                width: picture.width, height: picture.height, format: known(AV_PIX_FMT_RGB24))
            try rgb.draw(picture)
            let own = try PixelLayout.rgb(width: picture.width, height: picture.height)
            return try encode(rgb, own, PixelConverter(), as: format, quality: quality)
        }
    }

    package static func encode(_ plane: Plane, as format: Format, quality: Int = 95) throws -> [UInt8] {
        let gray = plane.values.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
        guard format == .png else {
            let pixels = gray.flatMap { [$0, $0, $0] }
            return try encode(
                Picture(width: plane.width, height: plane.height, pixels: pixels), as: format,
                quality: quality)
        }
        return try encodeNaming {
            let frame = try FrameBuffer(
                width: plane.width, height: plane.height, format: known(AV_PIX_FMT_GRAY8))
            let start = try frame.plane(0)
            for (index, value) in gray.enumerated() {
                start[index / plane.width * frame.stride(0) + index % plane.width] = value
            }
            return try encode(frame, codec: AV_CODEC_ID_PNG, quality: quality)
        }
    }

    static func known(_ format: AVPixelFormat) throws -> PixelFormat {
        guard let known = PixelFormat(format) else { throw FFmpegError(status: CFFmpegInvalidData, log: nil) }
        return known
    }

    private static func encodeNaming(_ body: () throws -> [UInt8]) throws -> [UInt8] {
        do {
            return try FFmpegLog.capturing(body)
        } catch let error as FFmpegError {
            throw MediaError(.failed, "a picture could not be encoded", cause: error)
        }
    }
}
