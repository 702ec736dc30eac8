import CFFmpeg
import Pictures

/// The properties of a video file.
package struct VideoInfo: Sendable, Codable, Equatable {
    /// Width of the upright frame in pixels.
    package var width: Int
    package var height: Int
    /// Average frames per second.
    package var frameRate: Rational
    /// Duration of one tick of `VideoFrame.timestamp` in seconds.
    package var timeBase: Rational
    /// Seconds; 0 if unknown.
    package var duration: Double = 0
    /// Number of frames, estimated if the container has no index; `nil` if unknown.
    package var frameCount: Int?
    /// Frames with complete data, if the file is truncated and has an index; `nil` for a complete file.
    package var readableFrameCount: Int?
    /// Whether the file ends before the end given by its index or header.
    package var isTruncated = false
    /// FFmpeg's codec name, such as "h264".
    package var codec = "rawvideo"
    /// FFmpeg's container names, such as "mov,mp4,m4a,3gp,3g2,mj2".
    package var container = ""
    /// FFmpeg's pixel format name of the reader's frames, such as "yuv420p".
    package var pixelFormat = "yuv420p"
    package var bitDepth = 8
    package var colour = ColourTags.unspecified
    /// Pixel aspect ratio, width over height; 1 for square pixels.
    package var pixelAspect = Rational(1)
    /// Rotation in degrees clockwise that the reader applies to stored frames.
    package var rotation = 0
    package var isVariableRate = false
    /// Whether the file's frames are interlaced.
    package var isInterlaced = false
    /// Whether the reader deinterlaces them.
    package var isDeinterlaced = false
    package var hasAlpha = false
    /// FFmpeg's codec names of the sound tracks, in file order.
    package var audioCodecs: [String] = []
    /// FFmpeg's codec names of the subtitle tracks, in file order.
    package var subtitleCodecs: [String] = []
    package var chapters = 0
    /// `nil` if the video has no HDR metadata.
    package var hdr: HDRMetadata?
    /// Kinds of dynamic HDR metadata, which no available encoder writes.
    package var dynamicHDR: [String] = []
    /// Timecode of the first frame, such as "10:00:00:00", if the frame rate allows writing it.
    package var timecode: String?
    /// The timecode, if the frame rate does not allow writing it.
    package var lostTimecode: String?

    package var hasAudio: Bool { !audioCodecs.isEmpty }

    package var pixelShape: PixelShape {
        PixelShape(aspect: pixelAspect.value, width: width, height: height)
    }

    /// Size of the frame in square pixels.
    package var squareSize: (width: Int, height: Int) {
        pixelShape.squareSize(width: width, height: height)
    }

    /// A video that is not read from a file, such as a preview or a test clip.
    package init(
        width: Int, height: Int, frameRate: Rational, timeBase: Rational? = nil,
        pixelFormat: String = "yuv420p",
        colour: ColourTags = .bt709
    ) {
        self.width = width
        self.height = height
        self.frameRate = frameRate
        self.timeBase = timeBase ?? Rational(frameRate.denominator, frameRate.numerator)
        self.pixelFormat = pixelFormat
        self.bitDepth = PixelFormat(name: pixelFormat)?.bitDepth ?? 8
        self.colour = colour
    }
}

extension VideoInfo {
    /// - Parameter first: the first decoded frame, already upright.
    init(
        file: InputFile, stream: UnsafeMutablePointer<AVStream>, first: FrameBuffer, orientation: Orientation,
        truncation: Truncation?
    ) {
        let average = Rational(stream.pointee.avg_frame_rate)
        let guessed = Rational(av_guess_frame_rate(file.context, stream, nil))
        var rate = average.value > 0 ? average : guessed.value > 0 ? guessed : Rational(25)
        // Averages across timestamp discontinuities are meaningless.
        if let jumps = file.jumps, jumps.frameRate > 0 {
            rate = Rational(av_d2q(jumps.frameRate, 1001 * 240))
        }
        self.init(
            width: first.width, height: first.height, frameRate: rate,
            timeBase: Rational(stream.pointee.time_base),
            pixelFormat: PixelFormat(first.format)?.name ?? "unknown", colour: ColourTags(first.av))
        let own = stream.pointee.duration
        duration =
            own == CFFmpegNoTimestamp || file.jumps != nil
            ? Self.taggedDuration(stream) ?? file.duration : Double(own) * timeBase.value
        let listed = stream.pointee.nb_frames > 0 ? Int(stream.pointee.nb_frames) : nil
        frameCount = listed ?? (duration > 0 ? Int(clamping: duration * rate.value) : nil)
        readableFrameCount = truncation?.readableFrames
        isTruncated = truncation != nil
        codec = String(cString: avcodec_get_name(stream.pointee.codecpar.pointee.codec_id))
        container = file.container
        let aspect = Rational(av_guess_sample_aspect_ratio(file.context, stream, first.av))
        if aspect.value > 0 {
            let (across, down) = (aspect.numerator, aspect.denominator)
            pixelAspect = orientation.swapsSides ? Rational(down, across) : aspect
        }
        rotation = orientation.degrees
        isVariableRate = file.jumps == nil && Self.hasVariableRate(stream, rate: rate)
        hasAlpha = PixelFormat(first.format)?.hasAlpha ?? false
        audioCodecs = Self.codecs(of: AVMEDIA_TYPE_AUDIO, in: file)
        subtitleCodecs = Self.codecs(of: AVMEDIA_TYPE_SUBTITLE, in: file)
        chapters = Int(file.context.pointee.nb_chapters)
        let hdr = HDRMetadata(stream, first: first)
        self.hdr = hdr.isEmpty ? nil : hdr
        dynamicHDR = Self.dynamicHDR(stream, first)
        let code = Self.timecode(of: stream, in: file)
        let isWritable = av_timecode_check_frame_rate(rate.av) >= 0
        (timecode, lostTimecode) = isWritable ? (code, nil) : (nil, code)
    }

    private static func dynamicHDR(_ stream: UnsafeMutablePointer<AVStream>, _ first: FrameBuffer) -> [String]
    {
        var kinds: [String] = []
        var size = 0
        let isDolby =
            CFFmpegSideData(stream, AV_PKT_DATA_DOVI_CONF, &size) != nil
            || av_frame_get_side_data(first.av, AV_FRAME_DATA_DOVI_METADATA) != nil
        if isDolby { kinds.append("Dolby Vision metadata") }
        if av_frame_get_side_data(first.av, AV_FRAME_DATA_DYNAMIC_HDR_PLUS) != nil {
            kinds.append("HDR10+ metadata")
        }
        return kinds
    }

    /// From the video stream, a timecode track, or the file.
    private static func timecode(of stream: UnsafeMutablePointer<AVStream>, in file: InputFile) -> String? {
        let tracks = file.streams.filter { $0.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_DATA }
        let codes = ([stream] + tracks).compactMap(TrackPlanner.timecode)
        let own = av_dict_get(file.context.pointee.metadata, "timecode", nil, 0)
            .map { String(cString: $0.pointee.value) }
        return (codes + [own].compactMap { $0 })
            .first { $0.wholeMatch(of: /\d\d:\d\d:\d\d[:;.]\d\d/) != nil }
    }

    private static func codecs(of kind: AVMediaType, in file: InputFile) -> [String] {
        file.streams.compactMap { stream in
            let parameters = stream.pointee.codecpar.pointee
            guard parameters.codec_type == kind else { return nil }
            return String(cString: avcodec_get_name(parameters.codec_id))
        }
    }

    /// A track's duration in seconds, which Matroska stores as a tag such as "00:00:10.040000000".
    static func taggedDuration(_ stream: UnsafeMutablePointer<AVStream>) -> Double? {
        guard let tag = av_dict_get(stream.pointee.metadata, "DURATION", nil, 0) else { return nil }
        let parts = String(cString: tag.pointee.value).split(separator: ":").map { Double($0) ?? .nan }
        guard parts.count == 3 else { return nil }
        let seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
        return seconds.isFinite && seconds > 0 ? seconds : nil
    }

    /// By the index, if the container has a complete one; otherwise by FFmpeg's two estimates of the rate.
    private static func hasVariableRate(_ stream: UnsafeMutablePointer<AVStream>, rate: Rational) -> Bool {
        let count = avformat_index_get_entries_count(stream)
        if count > 2, Int64(count) == stream.pointee.nb_frames {
            var (shortest, longest) = (Int64.max, Int64.min)
            var previous: Int64?
            for index in 0..<count - 1 {  // the last frame's length may be odd
                guard let entry = avformat_index_get_entry(stream, index) else { continue }
                if let previous {
                    // Timestamps of a damaged file may overflow.
                    let step = entry.pointee.timestamp &- previous
                    (shortest, longest) = (min(shortest, step), max(longest, step))
                }
                previous = entry.pointee.timestamp
            }
            // Rates such as 30000/1001 in a coarse time base have steps that differ by one tick.
            return longest &- shortest > 1 || longest &- shortest < 0
        }
        let real = Rational(stream.pointee.r_frame_rate).value
        return real > 0 && rate.value > 0 && abs(real / rate.value - 1) > 0.01
    }
}
