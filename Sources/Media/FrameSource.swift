import CFFmpeg

/// Feeds packets to a decoder and returns its frames, skipping damaged ones.
struct FrameSource {
    let file: InputFile
    let stream: UnsafeMutablePointer<AVStream>
    let decoder: Decoder
    let packet: UnsafeMutablePointer<AVPacket>
    /// Whether the file is known to be truncated, so that read errors mean the end of the data.
    let isCut: Bool
    /// Undecodable packets before the truncation since the last query.
    private var unreadable = 0
    /// Tracks packets that produced no frame.
    private var sent: SentPackets?

    private var isDraining = false
    private var failures = 0
    /// Number of consecutive unreadable packets after which the rest of the file is considered unreadable.
    private let maximumFailures = 1000

    init(
        file: InputFile, stream: UnsafeMutablePointer<AVStream>, decoder: Decoder,
        packet: UnsafeMutablePointer<AVPacket>, isCut: Bool
    ) {
        self.file = file
        self.stream = stream
        self.decoder = decoder
        self.packet = packet
        self.isCut = isCut
        sent = SentPackets(of: stream)
    }

    /// Resets the state after a seek.
    mutating func restart() {
        isDraining = false
        failures = 0
        sent?.restart()
    }

    /// Times of missing frames since the last call, in the stream's time base, and the `count` of further ones with unknown
    /// times.
    mutating func takeUnreadable() -> (times: [Int64], count: Int) {
        defer { unreadable = 0 }
        return (sent?.takeLost() ?? [], sent == nil ? unreadable : 0)
    }

    /// The next frame; `nil` at the end.
    mutating func next() throws -> FrameBuffer? {
        while true {
            do {
                switch try decoder.receive() {
                case .frame(let frame):
                    failures = 0
                    sent?.received(frame)
                    return frame
                case .end:
                    if !isCut { sent?.ended() }
                    return nil
                case .needsPacket:
                    try feed()
                }
            } catch let error as FFmpegError {
                guard error.status != CFFmpegNoMemory, failures < maximumFailures else { throw error }
                failures += 1
                unreadable += 1
            }
        }
    }

    /// Sends one packet, or the flush at the end of the stream, to the decoder.
    private mutating func feed() throws {
        guard !isDraining else { return }
        while true {
            av_packet_unref(packet)
            do {
                guard try file.read(into: packet) else { break }
            } catch let error as FFmpegError {
                if isCut { break }
                guard error.status == CFFmpegInvalidData else { throw error }
                throw error
            }
            guard packet.pointee.stream_index == stream.pointee.index else { continue }
            // The truncated packet.
            if isCut, UInt32(packet.pointee.flags) & CFFmpegPacketCorrupt != 0 { break }
            sent?.sent(packet)
            try decoder.send(packet)
            return
        }
        isDraining = true
        try decoder.send(nil)
    }
}
