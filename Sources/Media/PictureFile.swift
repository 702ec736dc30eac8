import CFFmpeg
import Files
import Foundation
import Pictures

/// Reads and writes picture files: PNG, JPEG, WebP, BMP and TIFF.
package enum PictureFile {
    /// Whether a file's extension is that of a supported picture format.
    package static func isPicture(_ url: URL) -> Bool { Format(extension: url) != nil }

    /// Whether a file is a picture, by its magic number or, if it is unreadable, by its extension.
    package static func isPicture(contentsOf url: URL) -> Bool {
        guard let head = head(of: url) else { return isPicture(url) }
        // A motion JPEG stream has the magic number of a JPEG picture.
        if ["mjpeg", "mjpg"].contains(url.pathExtension.lowercased()) { return false }
        return Format(signatureOf: head) != nil
    }

    /// The first bytes of a file; `nil` if it is unreadable.
    static func head(of url: URL) -> [UInt8]? {
        guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: 64)).map { [UInt8]($0) }
    }

    /// Size limits, checked before memory is allocated.
    static let maximumBytes: Int64 = 512 << 20
    static let maximumPixels: Int64 = 200_000_000

    /// Reads a picture, rotated upright by its EXIF orientation, without alpha.
    ///
    /// - Throws: `MediaError` `missing`, `unreadable`.
    package static func read(_ url: URL) throws -> Picture {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw MediaError(.missing, "\(url.path): no such file; check the path")
        }
        guard fileSize(url) <= maximumBytes else {
            throw MediaError(
                .unreadable, "\(url.path) is too large for a picture; the maximum is 512 MB")
        }
        do {
            return try decode([UInt8](Data(contentsOf: url)), name: url.path)
        } catch let error as MediaError {
            throw error
        } catch {
            throw MediaError(
                .unreadable, "\(url.path): permission denied; check its permissions", cause: error)
        }
    }

    /// Decodes a picture from a file's bytes.
    ///
    /// - Parameter name: the picture's name in messages.
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

    /// Writes a picture atomically: to a temporary file that is then renamed.
    ///
    /// - Parameters:
    ///   - url: its extension selects the format; PNG for an unknown one.
    ///   - quality: 1…100 on the usual scale, for JPEG and WebP; JPEG of 85 or more has 4:4:4 chroma.
    ///   - syncs: false if the caller syncs many pictures together.
    package static func write(
        _ picture: Picture, to url: URL, quality: Int = 95, syncs: Bool = true
    ) throws {
        try DurableFile.write(encode(picture, as: Format(for: url), quality: quality), to: url, syncs: syncs)
    }

    /// Writes a plane as gray, 0…1 mapped to 0…255 with clamping.
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
