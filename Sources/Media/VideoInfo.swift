import CFFmpeg
import Pictures

/// What a video file says about itself.
package struct VideoInfo: Sendable, Codable, Equatable {
    /// Pixels of the upright frame.
    package var width: Int
    package var height: Int
    /// Frames a second on average.
    package var frameRate: Rational
    /// Seconds that one tick of `VideoFrame.timestamp` lasts.
    package var timeBase: Rational
    /// Seconds; 0 where unknown.
    package var duration: Double = 0
    /// Number of frames, an estimate where the container has no index; nil where unknown.
    package var frameCount: Int?
    /// Frames whose data is in the file, where the file is cut off and its index tells; nil for a complete
    /// file.
    package var readableFrameCount: Int?
    /// Whether the file's data ends before what its index or header announces.
    package var isTruncated = false
    /// FFmpeg's name, such as "h264".
    package var codec = "rawvideo"
    /// FFmpeg's names of the container, such as "mov,mp4,m4a,3gp,3g2,mj2".
    package var container = ""
    /// FFmpeg's name, such as "yuv420p", of the frames as the reader gives them.
    package var pixelFormat = "yuv420p"
    package var bitDepth = 8
    package var colour = ColourTags.unspecified
    /// Width of a pixel over its height; 1 for square pixels.
    package var pixelAspect = Rational(1)
    /// Degrees clockwise by which the reader turns the stored frames.
    package var rotation = 0
    package var isVariableRate = false
    /// Whether the file's frames hold two fields each.
    package var isInterlaced = false
    /// Whether the reader makes whole pictures of them.
    package var isDeinterlaced = false
    package var hasAlpha = false
    /// FFmpeg's names of the sound tracks' codecs, in the order of the file.
    package var audioCodecs: [String] = []
    /// The same of the subtitle tracks.
    package var subtitleCodecs: [String] = []
    package var chapters = 0
    /// Nil where the video has none.
    package var hdr: HDRMetadata?
    /// What is known of tones that changes from scene to scene, which no encoder here writes.
    package var dynamicHDR: [String] = []
    /// Of the first frame, such as "10:00:00:00", where the frame rate allows to write it.
    package var timecode: String?
    /// The same where the frame rate does not.
    package var lostTimecode: String?

    package var hasAudio: Bool { !audioCodecs.isEmpty }

    package var pixelShape: PixelShape {
        PixelShape(aspect: pixelAspect.value, width: width, height: height)
    }

    /// Size of the frame in square pixels.
    package var squareSize: (width: Int, height: Int) {
        pixelShape.squareSize(width: width, height: height)
    }

    /// A video that does not come from a file, such as a preview or a test's clip.
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
        // Averages over a jump of the clock are of no use.
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

    /// Of the video, of a timecode track, or of the file.
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

    /// Matroska keeps a track's length as a tag, such as "00:00:10.040000000"; seconds.
    static func taggedDuration(_ stream: UnsafeMutablePointer<AVStream>) -> Double? {
        guard let tag = av_dict_get(stream.pointee.metadata, "DURATION", nil, 0) else { return nil }
        let parts = String(cString: tag.pointee.value).split(separator: ":").map { Double($0) ?? .nan }
        guard parts.count == 3 else { return nil }
        let seconds = parts[0] * 3600 + parts[1] * 60 + parts[2]
        return seconds.isFinite && seconds > 0 ? seconds : nil
    }

    /// By the index where the container has one for every frame; otherwise by the two rates that FFmpeg
    /// estimates.
    private static func hasVariableRate(_ stream: UnsafeMutablePointer<AVStream>, rate: Rational) -> Bool {
        let count = avformat_index_get_entries_count(stream)
        if count > 2, Int64(count) == stream.pointee.nb_frames {
            var (shortest, longest) = (Int64.max, Int64.min)
            var previous: Int64?
            for index in 0..<count - 1 {  // the last frame's length may be odd
                guard let entry = avformat_index_get_entry(stream, index) else { continue }
                if let previous {
                    // Timestamps of a damaged file may lie further apart than the type reaches.
                    let step = entry.pointee.timestamp &- previous
                    (shortest, longest) = (min(shortest, step), max(longest, step))
                }
                previous = entry.pointee.timestamp
            }
            // Rates such as 30000/1001 in a coarse time base give steps that differ by a tick.
            return longest &- shortest > 1 || longest &- shortest < 0
        }
        let real = Rational(stream.pointee.r_frame_rate).value
        return real > 0 && rate.value > 0 && abs(real / rate.value - 1) > 0.01
    }
}
