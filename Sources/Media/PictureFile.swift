import CFFmpeg
import Files
import Foundation
import Pictures

/// Pictures in files: reads PNG, JPEG, WebP, BMP and TIFF, writes PNG and JPEG.
package enum PictureFile {
    package enum Format: String, Sendable {
        case png, jpeg

        /// By a file name's extension: JPEG for .jpg and .jpeg, otherwise PNG.
        package init(for url: URL) {
            self = ["jpg", "jpeg"].contains(url.pathExtension.lowercased()) ? .jpeg : .png
        }
    }

    /// Whether a file's name is that of a picture which can be read.
    package static func isPicture(_ url: URL) -> Bool {
        ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff"].contains(url.pathExtension.lowercased())
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
        guard let codec = codec(of: bytes) else {
            throw MediaError(.unreadable, "\(name) is not a picture; use PNG or JPEG")
        }
        do {
            return try FFmpegLog.capturing { try decode(bytes, codec) }
        } catch {
            throw MediaError(
                .unreadable, "\(name) cannot be read: it is damaged; copy or save it again", cause: error)
        }
    }

    /// Writes a picture under a temporary name, then renames it, so that no half-written picture is ever
    /// seen.
    ///
    /// - Parameters:
    ///   - url: its extension decides: .jpg or .jpeg for JPEG, otherwise PNG.
    ///   - quality: 1…100 as other programs count, for JPEG; from 85 on with full chroma.
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
            guard format == .jpeg else { return try encode(rgb, codec: AV_CODEC_ID_PNG, quality: quality) }
            let target = try known(quality >= 85 ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P)
            // JPEG's matrix is always BT.601.
            let layout = PixelLayout(
                width: picture.width, height: picture.height, format: target,
                colour: ColourTags(range: .full, matrix: 6, chromaLocation: 2), frameWidth: picture.width,
                frameHeight: picture.height)
            let frame = try PixelConverter().convert(
                rgb, from: .rgb(width: picture.width, height: picture.height), to: layout)
            return try encode(frame, codec: AV_CODEC_ID_MJPEG, quality: quality)
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
