import CFFmpeg

/// Finds packets that produced no frame: decoders skip damage without an error.
///
/// Frames are output in presentation order, so that a packet with an earlier time than an output frame, and without a frame
/// so far, is lost.
struct SentPackets {
    /// Timestamps of packets whose frames are pending, sorted.
    private var waiting: [Int64] = []
    private var lost: [Int64] = []
    private var lastReceived: Int64?
    /// After a seek, missing frames before the first one do not count: they depend on earlier frames.
    private var hasSought = false
    private let stream: UnsafeMutablePointer<AVStream>

    /// - Returns: `nil` for codecs in which packets may produce no frame.
    init?(of stream: UnsafeMutablePointer<AVStream>) {
        let codecs: [AVCodecID] = [
            AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AV1, AV_CODEC_ID_VP9, AV_CODEC_ID_PRORES,
            AV_CODEC_ID_FFV1, AV_CODEC_ID_MJPEG, AV_CODEC_ID_DNXHD, AV_CODEC_ID_DVVIDEO,
            AV_CODEC_ID_MPEG2VIDEO,
        ]
        guard codecs.contains(stream.pointee.codecpar.pointee.codec_id) else { return nil }
        self.stream = stream
    }

    mutating func restart() {
        waiting = []
        lastReceived = nil
        hasSought = true
    }

    mutating func sent(_ packet: UnsafeMutablePointer<AVPacket>) {
        let time = packet.pointee.pts
        let isShown = UInt32(packet.pointee.flags) & CFFmpegPacketDiscard == 0
        guard time != CFFmpegNoTimestamp, isShown, packet.pointee.size > 0 else { return }
        // A frame earlier than the last output cannot follow.
        if let lastReceived, time <= lastReceived { return }
        let place = waiting.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
        waiting.insert(time, at: place)
    }

    mutating func received(_ frame: FrameBuffer) {
        let time = frame.av.pointee.pts
        guard time != CFFmpegNoTimestamp else { return }
        // The second field of a frame may be a separate packet, half a frame after the first.
        let isInterlaced = CFFmpegIsInterlaced(frame.av) != 0
        let rate = Rational(av_guess_frame_rate(nil, stream, nil)).value
        let step = rate > 0 ? 1 / (rate * Rational(stream.pointee.time_base).value) : 0
        let field = isInterlaced ? Int64(0.75 * step) : 0
        let missed = waiting.prefix { $0 < time }
        if !hasSought || lastReceived != nil {
            lost += missed.filter { lastReceived == nil || $0 > (lastReceived ?? $0) + field }
        }
        waiting.removeFirst(missed.count)
        if let first = waiting.first, first == time { waiting.removeFirst() }
        lastReceived = time
        if field > 0 { waiting.removeAll { $0 > time && $0 <= time + field } }
    }

    /// Called after the last frame.
    mutating func ended() {
        lost += waiting
        waiting = []
    }

    mutating func takeLost() -> [Int64] {
        defer { lost = [] }
        return lost
    }
}
