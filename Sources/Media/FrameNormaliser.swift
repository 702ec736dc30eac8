import CFFmpeg

/// Normalises a video's frames: upright, of the first frame's size, in a byte-aligned pixel format.
final class FrameNormaliser {
    private let width: Int
    private let height: Int
    private let format: PixelFormat
    private let filter: FrameFilter?
    private let orientation: Orientation
    private let converter: PixelConverter

    init(like first: FrameBuffer, orientation: Orientation, converter: PixelConverter) throws {
        guard let own = PixelFormat(first.format), let plain = Self.plain(own) else {
            throw FFmpegError(status: CFFmpegInvalidData, log: "unknown pixel format")
        }
        self.converter = converter
        self.orientation = orientation
        (width, height, format) = (first.width, first.height, plain)
        if let chain = orientation.filters {
            filter = try FrameFilter(
                chain, for: Self.convert(first, first.width, first.height, plain, converter))
        } else {
            filter = nil
        }
    }

    func upright(_ frame: FrameBuffer) throws -> FrameBuffer {
        let alike = try Self.convert(frame, width, height, format, converter)
        guard let filter else { return alike }
        let turned = try filter(alike)
        try check(av_frame_copy_props(turned.av, alike.av))
        // Chroma sited to the left becomes sited at the top when the axes are swapped.
        if orientation.swapsSides, turned.av.pointee.chroma_location.rawValue < 2 {
            let isAbove = orientation == .clockwise || orientation == .transposed
            turned.av.pointee.chroma_location = isAbove ? AVCHROMA_LOC_TOP : AVCHROMA_LOC_BOTTOM
        }
        return turned
    }

    private static func plain(_ format: PixelFormat) -> PixelFormat? {
        if format.isPlain { return format }
        let isBitmap = format.isGray && !format.isRGB
        return PixelFormat(isBitmap && format.av != AV_PIX_FMT_PAL8 ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24)
    }

    private static func convert(
        _ frame: FrameBuffer, _ width: Int, _ height: Int, _ format: PixelFormat, _ converter: PixelConverter
    ) throws -> FrameBuffer {
        if frame.width == width, frame.height == height, frame.format == format.av { return frame }
        guard let own = PixelFormat(frame.format) else {
            throw FFmpegError(status: CFFmpegInvalidData, log: nil)
        }
        let colour = ColourTags(frame.av)
        let source = PixelLayout(
            width: frame.width, height: frame.height, format: own, colour: colour, frameWidth: width,
            frameHeight: height)
        let target = PixelLayout(
            width: width, height: height, format: format, colour: colour, frameWidth: width,
            frameHeight: height)
        let result = try converter.convert(frame, from: source, to: target)
        try check(av_frame_copy_props(result.av, frame.av))
        return result
    }
}
