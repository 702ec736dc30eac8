import CFFmpeg
import Foundation

extension PictureFile {
    /// Picture formats, with their extensions and magic numbers.
    ///
    /// GIF and APNG are treated as videos.
    package enum Format: String, Sendable, CaseIterable {
        case png, jpeg, webp, bmp, tiff

        /// The format of a file name's extension; PNG for an unknown one.
        package init(for url: URL) { self = Format(extension: url) ?? .png }

        /// The format of a file name's extension; `nil` for an unknown one.
        package init?(extension url: URL) {
            let ending = url.pathExtension.lowercased()
            guard let format = Self.allCases.first(where: { $0.extensions.contains(ending) }) else {
                return nil
            }
            self = format
        }

        /// The format of a file's magic number.
        init?(signatureOf bytes: [UInt8]) {
            guard let format = Self.allCases.first(where: { $0.hasSignature(bytes) }) else { return nil }
            self = format
        }

        package var extensions: [String] {
            switch self {
            case .png: ["png"]
            case .jpeg: ["jpg", "jpeg"]
            case .webp: ["webp"]
            case .bmp: ["bmp"]
            case .tiff: ["tif", "tiff"]
            }
        }

        /// All extensions, for messages.
        package static var names: String { allCases.flatMap(\.extensions).joined(separator: ", ") }

        private func hasSignature(_ bytes: [UInt8]) -> Bool {
            func starts(_ signature: [UInt8], at offset: Int = 0) -> Bool {
                bytes.dropFirst(offset).starts(with: signature)
            }
            return switch self {
            case .png: starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            case .jpeg: starts([0xFF, 0xD8, 0xFF])
            case .webp: starts(Array("RIFF".utf8)) && starts(Array("WEBP".utf8), at: 8)
            // The reserved four bytes after the length are zero.
            case .bmp: starts(Array("BM".utf8)) && starts([0, 0, 0, 0], at: 6)
            case .tiff: starts([0x49, 0x49, 0x2A, 0x00]) || starts([0x4D, 0x4D, 0x00, 0x2A])
            }
        }

        var codec: AVCodecID {
            switch self {
            case .png: AV_CODEC_ID_PNG
            case .jpeg: AV_CODEC_ID_MJPEG
            case .webp: AV_CODEC_ID_WEBP
            case .bmp: AV_CODEC_ID_BMP
            case .tiff: AV_CODEC_ID_TIFF
            }
        }

        /// FFmpeg's demuxer for a single picture; `nil` if FFmpeg selects the right one by itself.
        ///
        /// For JPEG it would select `image2`, which reads numbered files.
        var demuxer: String? { self == .png ? nil : "\(self)_pipe" }

        /// - Throws: `MediaError.unsupportedCodec` for an animated WebP, which FFmpeg does not decode.
        static func refuseAnimation(_ head: [UInt8], name: String) throws {
            guard Format(signatureOf: head) == .webp, head.count > 20,
                Array(head[12..<16]) == Array("VP8X".utf8), head[20] & 0x02 != 0
            else { return }
            throw MediaError(
                .unsupportedCodec,
                "\(name) is an animated WebP, which is not supported; convert it to MP4, GIF or APNG")
        }
    }

    /// Encodes a frame at the format's bit depth, with alpha if both support it.
    static func encode(
        _ frame: FrameBuffer, _ own: PixelLayout, _ converter: PixelConverter, as format: Format, quality: Int
    ) throws -> [UInt8] {
        let pixels = try known(format.pixels(for: own.format, quality: quality))
        // JPEG and WebP always use the BT.601 matrix; WebP has limited range.
        let isYUV = format == .jpeg || format == .webp && !pixels.isRGB
        let colour =
            isYUV
            ? ColourTags(range: format == .jpeg ? .full : .limited, matrix: 6, chromaLocation: 2)
            : ColourTags.unspecified
        let layout = PixelLayout(
            width: own.width, height: own.height, format: pixels, colour: colour, frameWidth: own.width,
            frameHeight: own.height)
        let converted =
            own.format == pixels && pixels.isRGB
            ? frame : try converter.convert(frame, from: own, to: layout)
        return try encode(converted, codec: format.codec, quality: quality)
    }
}

extension PictureFile.Format {
    /// Whether the format, as written here, has an alpha channel.
    package var holdsAlpha: Bool { self == .png || self == .tiff || self == .webp }
    /// Whether the format supports 16 bits per sample.
    package var holdsDepth: Bool { self == .png || self == .tiff }

    fileprivate func pixels(for own: PixelFormat, quality: Int) -> AVPixelFormat {
        let isDeep = own.bitDepth > 8
        switch self {
        case .jpeg: return quality >= 85 ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P
        case .bmp: return AV_PIX_FMT_BGR24
        // 32-bit words in native byte order.
        case .webp:
            let isExact = quality >= 100 || own.hasAlpha
            return isExact ? av_get_pix_fmt("rgb32") : AV_PIX_FMT_YUV420P
        case .png:
            if own.hasAlpha { return isDeep ? AV_PIX_FMT_RGBA64BE : AV_PIX_FMT_RGBA }
            return isDeep ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24
        case .tiff:
            if own.hasAlpha { return isDeep ? AV_PIX_FMT_RGBA64LE : AV_PIX_FMT_RGBA }
            return isDeep ? AV_PIX_FMT_RGB48LE : AV_PIX_FMT_RGB24
        }
    }
}
