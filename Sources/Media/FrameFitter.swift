import CFFmpeg

/// Converts frames to an encoder's requirements: pixel format, range, matrix, and even dimensions.
struct FrameFitter {
    let format: PixelFormat
    /// Width of the encoded frames: the video's, rounded up to whole chroma samples if the encoder requires it.
    let width: Int
    let height: Int
    let colour: ColourTags

    private let ownWidth: Int
    private let ownHeight: Int
    private let converter = PixelConverter()

    init(for info: VideoInfo, own: PixelFormat, format: PixelFormat, settings: EncodingSettings) {
        self.format = format
        (ownWidth, ownHeight) = (info.width, info.height)
        let needsEven = settings.codec != .ffv1
        let (maskX, maskY) =
            needsEven ? ((1 << format.chromaShiftX) - 1, (1 << format.chromaShiftY) - 1) : (0, 0)
        width = (info.width + maskX) & ~maskX
        height = (info.height + maskY) & ~maskY
        var colour = info.colour
        if !format.isRGB, own.isRGB || own.isGray {
            // The encoded samples need a matrix and a range: the usual defaults.
            if own.isRGB || colour.matrix == 0 || colour.matrix == 2 {
                colour.matrix = info.width >= 1280 || info.height >= 720 ? 1 : 6
            }
            if own != format { colour.range = format.isGray ? colour.range : .limited }
        }
        self.colour = colour
    }

    /// The converted frame, with properties that the caller may modify (timestamps).
    func callAsFunction(_ frame: VideoFrame) throws -> FrameBuffer {
        guard frame.width == ownWidth, frame.height == ownHeight else {
            throw MediaError(
                .badRegion,
                "a frame of \(frame.width)×\(frame.height) does not fit a video of \(ownWidth)×\(ownHeight)")
        }
        let source = try frame.layout(width: ownWidth, height: ownHeight)
        let target = PixelLayout(
            width: ownWidth, height: ownHeight, format: format, colour: colour, frameWidth: ownWidth,
            frameHeight: ownHeight)
        var result: FrameBuffer
        if source.format == format {
            result = try frame.buffer.reference()
        } else {
            result = try converter.convert(frame.buffer, from: source, to: target)
        }
        if width != ownWidth || height != ownHeight { result = try padded(result) }
        colour.apply(to: result.av)
        result.av.pointee.pict_type = AV_PICTURE_TYPE_NONE
        return result
    }

    /// Pads a frame by replicating its last column and row.
    private func padded(_ frame: FrameBuffer) throws -> FrameBuffer {
        let result = try FrameBuffer(width: width, height: height, format: format)
        for plane in 0..<format.planeCount {
            let shift = format.shifts(ofPlane: plane).y
            let unit = format.unitBytes(ofPlane: plane)
            let bytes = Int(av_image_get_linesize(format.av, Int32(ownWidth), Int32(plane)))
            let wideBytes = Int(av_image_get_linesize(format.av, Int32(width), Int32(plane)))
            let rows = (ownHeight + (1 << shift) - 1) >> shift
            for row in 0..<(height + (1 << shift) - 1) >> shift {
                let from = try frame.plane(plane) + min(row, rows - 1) * frame.stride(plane)
                let to = try result.plane(plane) + row * result.stride(plane)
                to.update(from: from, count: bytes)
                for column in stride(from: bytes, to: wideBytes, by: unit) {
                    (to + column).update(from: from + bytes - unit, count: unit)
                }
            }
        }
        return result
    }
}
