import CFFmpeg
import Foundation

extension PictureFile {
    /// The formats of pictures: the one table of their names and signatures.
    ///
    /// GIF and APNG are videos.
    package enum Format: String, Sendable, CaseIterable {
        case png, jpeg, webp, bmp, tiff

        /// By a file name's extension; PNG for an unknown one.
        package init(for url: URL) { self = Format(extension: url) ?? .png }

        /// By a file name's extension; nil for one that is no picture's.
        package init?(extension url: URL) {
            let ending = url.pathExtension.lowercased()
            guard let format = Self.allCases.first(where: { $0.extensions.contains(ending) }) else {
                return nil
            }
            self = format
        }

        /// By a file's first bytes.
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

        /// For messages: all extensions.
        package static var names: String { allCases.flatMap(\.extensions).joined(separator: ", ") }

        private func hasSignature(_ bytes: [UInt8]) -> Bool {
            func starts(_ signature: [UInt8], at offset: Int = 0) -> Bool {
                bytes.dropFirst(offset).starts(with: signature)
            }
            return switch self {
            case .png: starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
            case .jpeg: starts([0xFF, 0xD8, 0xFF])
            case .webp: starts(Array("RIFF".utf8)) && starts(Array("WEBP".utf8), at: 8)
            // The four bytes behind the length are reserved and zero.
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

        /// FFmpeg's reader of a file that is one picture; nil where FFmpeg finds the right one by itself.
        ///
        /// For JPEG it prefers `image2`, which reads numbered files.
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

    /// Encodes a frame in the depth that the format has, with alpha where both have it.
    static func encode(
        _ frame: FrameBuffer, _ own: PixelLayout, _ converter: PixelConverter, as format: Format, quality: Int
    ) throws -> [UInt8] {
        let pixels = try known(format.pixels(for: own.format, quality: quality))
        // The matrix of JPEG and of WebP is always BT.601; WebP's range is limited.
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
    /// Whether it has a place for transparency, as it is written here.
    package var holdsAlpha: Bool { self == .png || self == .tiff || self == .webp }
    /// Whether it has a place for 16 bits a sample.
    package var holdsDepth: Bool { self == .png || self == .tiff }

    fileprivate func pixels(for own: PixelFormat, quality: Int) -> AVPixelFormat {
        let isDeep = own.bitDepth > 8
        switch self {
        case .jpeg: return quality >= 85 ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P
        case .bmp: return AV_PIX_FMT_BGR24
        // In words of 32 bits as the machine has them.
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
