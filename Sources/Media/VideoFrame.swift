import CFFmpeg
import Pictures

/// A frame of a video in its native pixel format, with timestamps.
///
/// Immutable, so that frames may be stored and cross threads. Upright: the reader has applied the file's rotation.
package struct VideoFrame: @unchecked Sendable {
    /// Frame number from 0. An estimate after a seek in a video of variable frame rate.
    package let index: Int
    /// Presentation time in seconds after the file's start.
    package let time: Double
    /// The presentation timestamp (PTS) of the file, in units of `VideoInfo.timeBase`.
    package let timestamp: Int64
    /// In units of `VideoInfo.timeBase`; 0 if unknown.
    package let duration: Int64
    /// Whether the decoder concealed errors because the file is damaged.
    package let isDamaged: Bool

    let buffer: FrameBuffer
    let converter: PixelConverter

    package var width: Int { buffer.width }
    package var height: Int { buffer.height }
    package var colour: ColourTags { ColourTags(buffer.av) }
    /// Shape of the stored pixels, as `VideoInfo.pixelShape`.
    package var pixelShape: PixelShape {
        let aspect = Rational(buffer.av.pointee.sample_aspect_ratio)
        return PixelShape(aspect: aspect.value > 0 ? aspect.value : 1, width: width, height: height)
    }
    /// FFmpeg's name of the pixel format, such as "yuv420p".
    package var pixelFormat: String { PixelFormat(buffer.format)?.name ?? "unknown" }

    /// The same frame with other samples.
    func with(_ buffer: FrameBuffer) -> VideoFrame {
        VideoFrame(
            index: index, time: time, timestamp: timestamp, duration: duration, isDamaged: isDamaged,
            buffer: buffer,
            converter: converter)
    }

    /// The same samples with other timestamps, for loops and tests.
    package func at(index: Int, time: Double, timestamp: Int64, duration: Int64? = nil) throws -> VideoFrame {
        let reference = try buffer.reference()
        reference.av.pointee.pts = timestamp
        return VideoFrame(
            index: index, time: time, timestamp: timestamp, duration: duration ?? self.duration,
            isDamaged: isDamaged,
            buffer: reference, converter: converter)
    }

    func layout(width: Int, height: Int) throws -> PixelLayout {
        guard let format = PixelFormat(buffer.format) else {
            throw MediaError(.unsupportedCodec, "frame \(index) has an unknown pixel format")
        }
        return PixelLayout(
            width: width, height: height, format: format, colour: colour, frameWidth: self.width,
            frameHeight: self.height)
    }

    /// Copies of the planes' rows without padding, for comparisons of native samples.
    package func nativeSamples() throws -> [[UInt8]] {
        let format = try layout(width: width, height: height).format
        return try (0..<format.planeCount).map { plane in
            let bytes = Int(av_image_get_linesize(format.av, Int32(width), Int32(plane)))
            let shift = format.shifts(ofPlane: plane).y
            let rows = (height + (1 << shift) - 1) >> shift
            let start = try buffer.plane(plane)
            let stride = buffer.stride(plane)
            return (0..<rows).flatMap { Array(UnsafeBufferPointer(start: start + $0 * stride, count: bytes)) }
        }
    }
}

extension VideoFrame {
    /// A blank frame of a video.
    init(blank info: VideoInfo) throws {
        guard let format = PixelFormat(name: info.pixelFormat) else {
            throw MediaError(.badRegion, "unknown pixel format \(info.pixelFormat)")
        }
        buffer = try FrameBuffer(width: info.width, height: info.height, format: format)
        for plane in 0..<format.planeCount {
            let shift = format.shifts(ofPlane: plane).y
            let rows = (info.height + (1 << shift) - 1) >> shift
            try buffer.plane(plane).update(repeating: 0, count: buffer.stride(plane) * rows)
        }
        info.colour.apply(to: buffer.av)
        converter = PixelConverter()
        (index, time, timestamp, duration, isDamaged) = (0, 0, 0, 0, false)
    }

    /// A picture as a frame in a video's pixel format and colours, for previews and tests.
    ///
    /// - Parameters:
    ///   - time: seconds; derived from the frame rate if `nil`.
    package init(_ picture: Picture, index: Int, time: Double? = nil, like info: VideoInfo) throws {
        guard let format = PixelFormat(name: info.pixelFormat), format.isPlain else {
            throw MediaError(.badRegion, "a picture cannot be converted to pixel format \(info.pixelFormat)")
        }
        let converter = PixelConverter()
        let rgb = try FrameBuffer(
            width: picture.width, height: picture.height, format: PictureFile.known(AV_PIX_FMT_RGB24))
        try rgb.draw(picture)
        let target = PixelLayout(
            width: picture.width, height: picture.height, format: format, colour: info.colour,
            frameWidth: picture.width, frameHeight: picture.height)
        buffer = try converter.convert(
            rgb, from: .rgb(width: picture.width, height: picture.height), to: target)
        info.colour.apply(to: buffer.av)
        buffer.av.pointee.sample_aspect_ratio = info.pixelAspect.av
        self.index = index
        self.time = time ?? Double(index) / info.frameRate.value
        self.converter = converter
        timestamp = Int64(clamping: self.time / info.timeBase.value)
        duration = 0
        isDamaged = false
    }
}
