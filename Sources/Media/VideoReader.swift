import CFFmpeg
import Foundation

/// Decodes a video frame by frame: upright, in presentation order, with the file's own timestamps.
///
/// Decoding is multithreaded by FFmpeg. Undecodable packets are skipped and counted. Thread-safe; calls are serialised.
package final class VideoReader: @unchecked Sendable {
    package let url: URL
    package let info: VideoInfo

    private let lock = NSLock()
    let file: InputFile
    private let stream: UnsafeMutablePointer<AVStream>
    private let decoder: Decoder
    private let packet: UnsafeMutablePointer<AVPacket>
    private let converter = PixelConverter()
    private let normaliser: FrameNormaliser
    private let truncation: Truncation?
    /// Present if the first frame is interlaced.
    private var deinterlacer: Deinterlacer?

    private var first: FrameBuffer?
    private var hasEnded = false
    private var nextIndex = 0
    /// Set by `seek`: earlier frames are dropped, and the first later one is numbered by its time.
    private var seekTime: Double?
    private var hasSought = false
    private var lastTimestamp: Int64?
    private var lost: [UnreadablePlace] = []
    /// A recent gap; at the very end, a clip that was cut without re-encoding lacks some frames.
    private var gap: (places: [UnreadablePlace], frames: Int)?
    private var damaged = 0
    private var delivered = 0

    /// Number of frames that could not be decoded so far, and were skipped.
    package var unreadableFrames: Int { lock.withLock { lost.count } }
    /// Their positions.
    package var unreadable: [UnreadablePlace] { lock.withLock { lost } }
    /// Number of frames so far with concealed errors; they are returned.
    package var damagedFrames: Int { lock.withLock { damaged } }

    /// Opens a file and decodes its first frame.
    ///
    /// - Parameter threads: decoding threads; 0 for the number of cores.
    /// - Throws: `MediaError` (`missing`, `unreadable`, also if the file has no video or no frame, `unsupportedCodec`).
    package init(_ url: URL, threads: Int = 0) throws {
        FFmpegLog.silence()
        self.url = url
        file = try InputFile(url)
        try file.repairTimes()
        let best = av_find_best_stream(file.context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard best >= 0 else {
            throw MediaError(.unreadable, "\(url.path) contains no video; name a video file")
        }
        stream = file.streams[Int(best)]
        for other in file.streams where other != stream { other.pointee.discard = AVDISCARD_ALL }
        decoder = try Decoder(stream, of: file, threads: threads)
        truncation = Truncation(of: file, stream: stream)
        packet = try allocated(av_packet_alloc())
        var orientation = CFFmpegDisplayMatrix(stream).map { Orientation(displayMatrix: $0) } ?? .upright

        var source = FrameSource(
            file: file, stream: stream, decoder: decoder, packet: packet, isCut: truncation != nil)
        do {
            guard var raw = try source.next() else { throw Self.noFrames(url, truncation) }
            // A picture's orientation is in its EXIF data.
            if file.container.hasSuffix("_pipe") { orientation = PictureFile.orientation(raw) }
            let isInterlaced = CFFmpegIsInterlaced(raw.av) != 0
            if isInterlaced, let deinterlacer = Deinterlacer(like: raw) {
                self.deinterlacer = deinterlacer
                var kept: FrameBuffer? = raw
                raw =
                    try deinterlacer.next {
                        defer { kept = nil }
                        return try kept ?? source.next()
                    } ?? raw
            }
            normaliser = try FrameNormaliser(like: raw, orientation: orientation, converter: converter)
            let first = try normaliser.upright(raw)
            self.first = first
            var info = VideoInfo(
                file: file, stream: stream, first: first, orientation: orientation, truncation: truncation)
            info.isInterlaced = isInterlaced
            info.isDeinterlaced = deinterlacer != nil
            self.info = info
        } catch {
            var packet: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&packet)
            throw error as? MediaError
                ?? MediaError(.unreadable, "\(url.path): its first frame cannot be decoded", cause: error)
        }
        self.source = source
        note(self.source.takeUnreadable().times)
    }

    private var source: FrameSource

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// The next frame in presentation order; `nil` after the last.
    ///
    /// - Throws: `MediaError` (`truncated` after the last readable frame of a truncated file, `unreadable` if the file cannot be
    ///   read any further).
    package func next() throws -> VideoFrame? {
        try lock.withLock {
            do {
                while let raw = try nextBuffer() {
                    let frame = place(raw)
                    if let seekTime {
                        if frame.time < seekTime - seekTolerance { continue }
                        self.seekTime = nil
                    }
                    nextIndex = frame.index + 1
                    delivered += 1
                    if frame.isDamaged { damaged += 1 }
                    return frame
                }
            } catch let error as FFmpegError {
                throw MediaError(
                    .unreadable,
                    "\(url.path) cannot be read beyond frame \(nextIndex); copy or convert it again",
                    cause: error)
            }
            if let truncation { throw Self.cutOff(url, truncation, read: hasSought ? nil : delivered) }
            if !hasEnded { note(skippedFrames) }
            hasEnded = true
            return nil
        }
    }

    /// Seeks to the first frame at or after a time, exactly.
    ///
    /// - Parameter seconds: as in `VideoFrame.time`.
    package func seek(to seconds: Double) throws {
        try lock.withLock {
            let timestamp = Int64(clamping: ((seconds + file.origin) / info.timeBase.value).rounded(.down))
            let margin = Int64(clamping: (seekTolerance / info.timeBase.value).rounded(.up))
            // Timestamps of a damaged file may overflow.
            let (place, isBeyond) = timestamp.subtractingReportingOverflow(margin)
            let goal = isBeyond ? Int64.min : place
            // With timestamp discontinuities, a time does not determine a position: start from the beginning.
            let status =
                file.jumps != nil
                ? -1
                : avformat_seek_file(
                    file.context, stream.pointee.index, Int64.min, goal, goal, 0)
            if status < 0 {
                // Before the first key frame, or without an index: start over.
                let isBack =
                    file.jumps != nil
                    ? av_seek_frame(file.context, -1, 0, AVSEEK_FLAG_BYTE) >= 0
                    : av_seek_frame(file.context, stream.pointee.index, 0, AVSEEK_FLAG_BACKWARD) >= 0
                guard isBack else {
                    throw MediaError(
                        .unreadable, "\(url.path) does not support seeking; convert it to MP4 or MKV",
                        cause: FFmpegError(status: status))
                }
            }
            decoder.flush()
            source.restart()
            deinterlacer = deinterlacer?.restarted()
            first = nil
            (lastTimestamp, gap) = (nil, nil)
            seekTime = seconds
            hasSought = true
        }
    }

    /// Timestamps may be rounded to milliseconds, as in Matroska.
    private var seekTolerance: Double { min(0.001, 0.5 / max(1, info.frameRate.value)) }

    /// Throws the error that `next()` would throw at the end of the readable part.
    ///
    /// - Throws: `MediaError.truncated`.
    package func requireComplete() throws {
        if let truncation { throw Self.cutOff(url, truncation, read: nil) }
    }

    /// Frames between the last one and the track's end according to Matroska: its demuxer skips damage without an error, up to
    /// the next cluster.
    private var skippedFrames: Int {
        guard !info.isVariableRate, let end = VideoInfo.taggedDuration(stream), let lastTimestamp
        else {
            return 0
        }
        let time = Double(lastTimestamp) * info.timeBase.value
        let count = max(1, Int(clamping: (end - time) * info.frameRate.value)) - 1
        // A difference of hours means that the tag is damaged.
        return count <= 1_000_000 ? count : 0
    }

    /// Records missing frames at these times.
    private func note(_ times: [Int64]) {
        for stamp in times {
            let time = Double(stamp) * info.timeBase.value - file.origin
            if let seekTime, time < seekTime - seekTolerance { continue }
            lost.append(
                UnreadablePlace(frame: Int(clamping: (time * info.frameRate.value).rounded()), time: time))
        }
    }

    /// Records missing frames in a gap before a frame, for containers without a complete frame index.
    private func noteGap(before buffer: FrameBuffer, known: Int) {
        let isListed = !["matroska,webm", "mpegts", "mpeg", "flv"].contains(file.container)
        let (stamp, rate) = (buffer.av.pointee.best_effort_timestamp, info.frameRate.value)
        guard !isListed, !info.isVariableRate, !info.isInterlaced, rate > 5, seekTime == nil,
            let lastTimestamp, stamp != CFFmpegNoTimestamp
        else { return }
        let frames = Double(stamp - lastTimestamp) * info.timeBase.value * rate
        if let (places, count) = gap {
            gap = count < 4 ? (places, count + 1) : nil
            if count == 4 { lost += places }
        }
        guard frames > 1.75, frames < 1_000_000 else { return }
        gap = (missing(max(0, Int(frames.rounded()) - 1 - known)), 0)
    }

    /// Records missing frames after the last one that was read.
    private func note(_ count: Int) { lost += missing(count) }

    /// The positions of missing frames after the last one that was read.
    private func missing(_ count: Int) -> [UnreadablePlace] {
        let rate = max(1e-3, info.frameRate.value)
        var time = lastTimestamp.map { Double($0) * info.timeBase.value - file.origin } ?? -1 / rate
        return (0..<count).map { _ in
            time = max(time, lost.last?.time ?? time) + 1 / rate
            return UnreadablePlace(frame: Int(clamping: (time * rate).rounded()), time: time)
        }
    }

    private func nextBuffer() throws -> FrameBuffer? {
        if let first {
            self.first = nil
            return first
        }
        let raw =
            if let deinterlacer { try deinterlacer.next { try source.next() } } else { try source.next() }
        let missing = source.takeUnreadable()
        note(missing.count)
        if let raw { noteGap(before: raw, known: missing.times.count) }
        note(missing.times)
        return try raw.map(normaliser.upright)
    }

    private func place(_ buffer: FrameBuffer) -> VideoFrame {
        let length = CFFmpegDuration(buffer.av)
        var timestamp = buffer.av.pointee.best_effort_timestamp
        if timestamp == CFFmpegNoTimestamp {
            let step =
                length > 0 ? length : Int64(clamping: 1 / (info.frameRate.value * info.timeBase.value))
            timestamp = lastTimestamp.map { $0.addingReportingOverflow(max(1, step)).partialValue } ?? 0
        }
        lastTimestamp = timestamp
        // The container's ratio takes precedence over the stream's, and a rotated frame has the inverse.
        buffer.av.pointee.sample_aspect_ratio = info.pixelAspect.av
        let time = Double(timestamp) * info.timeBase.value - file.origin
        let index =
            seekTime == nil
            ? nextIndex : min(Int(Int32.max), max(0, Int(clamping: time * info.frameRate.value)))
        let isDamaged =
            buffer.av.pointee.decode_error_flags != 0 || buffer.av.pointee.flags & CFFmpegFrameCorrupt != 0
        return VideoFrame(
            index: index, time: time, timestamp: timestamp, duration: length, isDamaged: isDamaged,
            buffer: buffer,
            converter: converter)
    }

    private static func cutOff(_ url: URL, _ truncation: Truncation, read: Int?) -> MediaError {
        let frames =
            switch (read ?? truncation.readableFrames, truncation.listedFrames) {
            case (let read?, let listed?): "\(read) of its \(listed) frames can be read"
            case (let read?, nil): "\(read) frames could be read"
            default: "its last frames are missing"
            }
        return MediaError(
            .truncated,
            "\(url.path) is cut off: \(frames); copy or download it again, or cut it there with a video editor"
        )
    }

    private static func noFrames(_ url: URL, _ truncation: Truncation?) -> MediaError {
        if let truncation { return cutOff(url, truncation, read: 0) }
        return MediaError(
            .unreadable,
            "\(url.path) contains no decodable frame; try to play it, and convert it again")
    }
}
