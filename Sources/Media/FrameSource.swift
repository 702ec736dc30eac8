import CFFmpeg

/// Feeds a decoder with a file's packets and hands out its frames, stepping over what is damaged.
struct FrameSource {
    let file: InputFile
    let stream: UnsafeMutablePointer<AVStream>
    let decoder: Decoder
    let packet: UnsafeMutablePointer<AVPacket>
    /// Whether the file is known to be cut off, so that trouble in reading means that the data has ended.
    let isCut: Bool
    /// Packets that could not be decoded, outside the cut, since they were last asked for.
    private var unreadable = 0
    /// Finds out which packets no frame came of.
    private var sent: SentPackets?

    private var isDraining = false
    private var failures = 0
    /// So many packets in a row that cannot be read mean that the rest of the file cannot either.
    private let patience = 1000

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

    /// After a seek.
    mutating func restart() {
        isDraining = false
        failures = 0
        sent?.restart()
    }

    /// The times of frames that did not come since the last call, in the stream's time base; `count` of further ones
    /// whose times are not known.
    mutating func takeUnreadable() -> (times: [Int64], count: Int) {
        defer { unreadable = 0 }
        return (sent?.takeLost() ?? [], sent == nil ? unreadable : 0)
    }

    /// The next frame; nil at the end.
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
                guard error.status != CFFmpegNoMemory, failures < patience else { throw error }
                failures += 1
                unreadable += 1
            }
        }
    }

    /// Sends one packet, or the end of the stream, to the decoder.
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
            // The packet that the cut goes through.
            if isCut, UInt32(packet.pointee.flags) & CFFmpegPacketCorrupt != 0 { break }
            sent?.sent(packet)
            try decoder.send(packet)
            return
        }
        isDraining = true
        try decoder.send(nil)
    }
}
