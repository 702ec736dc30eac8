import CFFmpeg

/// Transcodes a sound track, synchronised with its packets' times: decoder → resampler → encoder.
///
/// Gaps of more than a tenth of a second are filled with silence; overlaps are cut. Undecodable packets leave a gap. Channels
/// are remixed if the codec does not support the source's layout.
final class SoundEncoder {
    /// The encoder's context, whose time base the packets have.
    let context: UnsafeMutablePointer<AVCodecContext>
    /// Differences from the source's track besides its codec, such as "96 kHz become 48 kHz".
    private(set) var changes: [String] = []

    private let decoder: UnsafeMutablePointer<AVCodecContext>
    private let filter: SoundFilter
    private let packet: UnsafeMutablePointer<AVPacket>
    private let base: AVRational
    /// Start of the next frame without a timestamp, in the source's time base.
    private var next: Int64?
    private var isOver = false

    /// - Throws: `FFmpegError` if the track cannot be decoded or encoded.
    init(
        _ codec: SoundCodec, from stream: UnsafeMutablePointer<AVStream>, hasGlobalHeader: Bool
    ) throws {
        base = stream.pointee.time_base
        let decoder = try Self.decoder(of: stream)
        var made: (SoundFilter, UnsafeMutablePointer<AVCodecContext>)?
        var failure: any Error = FFmpegError(status: CFFmpegInvalidData)
        let own = Self.layout(of: decoder)
        for layout in codec.layouts(channels: decoder.pointee.ch_layout.nb_channels, own: own) {
            do {
                made = try Self.encoder(codec, decoder, base, layout, hasGlobalHeader)
                if layout != own { changes.append("the channels (\(own)) are mixed to \(layout)") }
                break
            } catch { failure = error }
        }
        guard let made, let packet = av_packet_alloc() else {
            var decoder: UnsafeMutablePointer<AVCodecContext>? = decoder
            avcodec_free_context(&decoder)
            throw failure
        }
        (filter, context) = made
        (self.decoder, self.packet) = (decoder, packet)
        let (from, to) = (decoder.pointee.sample_rate, context.pointee.sample_rate)
        if from != to {
            func kilohertz(_ rate: Int32) -> String {
                rate % 1000 == 0 ? "\(rate / 1000)" : "\(Double(rate) / 1000)"
            }
            changes.append("\(kilohertz(from)) kHz become \(kilohertz(to)) kHz")
        }
    }

    deinit {
        var contexts: [UnsafeMutablePointer<AVCodecContext>?] = [decoder, context]
        for index in contexts.indices { avcodec_free_context(&contexts[index]) }
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// Encodes a packet of the source, or flushes for `nil`, and passes on finished packets.
    func encode(
        _ source: UnsafeMutablePointer<AVPacket>?, write: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        guard !isOver else { return }
        isOver = source == nil
        // An undecodable packet leaves a gap.
        let status = avcodec_send_packet(decoder, source)
        if status == CFFmpegNoMemory { try check(status) }
        while true {
            let frame = try FrameBuffer()
            let status = avcodec_receive_frame(decoder, frame.av)
            if status == CFFmpegNoMemory { try check(status) }
            if status < 0 { break }
            place(frame)
            // The filter handles changes of layout or rate; a frame that it rejects leaves a gap.
            guard (try? filter.send(frame)) != nil else { continue }
            try drain(write)
        }
        guard source == nil else { return }
        try filter.send(nil)
        try drain(write)
        try send(nil, write)
    }

    /// Sets the timestamp of a frame without one to the end of the previous frame.
    private func place(_ frame: FrameBuffer) {
        let own = frame.av.pointee.best_effort_timestamp
        let start = own == CFFmpegNoTimestamp ? next ?? 0 : own
        frame.av.pointee.pts = start
        let rate = max(1, frame.av.pointee.sample_rate)
        next =
            start
            + av_rescale_q(Int64(frame.av.pointee.nb_samples), AVRational(num: 1, den: rate), base)
    }

    private func drain(_ write: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        while let frame = try filter.receive() { try send(frame, write) }
    }

    private func send(
        _ frame: FrameBuffer?, _ write: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        let status = avcodec_send_frame(context, frame?.av)
        if status != CFFmpegEnd { try check(status) }
        while true {
            let status = avcodec_receive_packet(context, packet)
            if status == CFFmpegAgain || status == CFFmpegEnd { return }
            try check(status)
            try write(packet)
            av_packet_unref(packet)
        }
    }

    private static func decoder(of stream: UnsafeMutablePointer<AVStream>) throws
        -> UnsafeMutablePointer<AVCodecContext>
    {
        let parameters = stream.pointee.codecpar
        let codec = try allocated(avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id))
        var context = avcodec_alloc_context3(codec)
        let decoder = try allocated(context)
        do {
            try check(avcodec_parameters_to_context(decoder, parameters))
            decoder.pointee.pkt_timebase = stream.pointee.time_base
            decoder.pointee.thread_count = 1
            try check(avcodec_open2(decoder, codec, nil))
            guard decoder.pointee.sample_rate > 0, decoder.pointee.ch_layout.nb_channels > 0 else {
                throw FFmpegError(status: CFFmpegInvalidData, log: "the sound's rate or channels are unknown")
            }
            if decoder.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
                let channels = decoder.pointee.ch_layout.nb_channels
                av_channel_layout_default(&decoder.pointee.ch_layout, channels)
            }
            return decoder
        } catch {
            avcodec_free_context(&context)
            throw error
        }
    }

    private static func layout(of context: UnsafeMutablePointer<AVCodecContext>) -> String {
        var text = [CChar](repeating: 0, count: 128)
        av_channel_layout_describe(&context.pointee.ch_layout, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func encoder(
        _ codec: SoundCodec, _ decoder: UnsafeMutablePointer<AVCodecContext>, _ base: AVRational,
        _ layout: String, _ hasGlobalHeader: Bool
    ) throws -> (SoundFilter, UnsafeMutablePointer<AVCodecContext>) {
        guard let av = codec.encoder else {
            throw FFmpegError(
                status: CFFmpegInvalidData, log: "this FFmpeg has no encoder for \(codec.name)")
        }
        var made = avcodec_alloc_context3(av)
        let context = try allocated(made)
        do {
            let rate = codec.rate(for: decoder.pointee.sample_rate)
            context.pointee.sample_rate = rate
            context.pointee.time_base = AVRational(num: 1, den: rate)
            let bits = max(decoder.pointee.bits_per_raw_sample, decoder.pointee.bits_per_coded_sample)
            context.pointee.sample_fmt = codec.sampleFormat(bits: bits)
            if codec == .flac, bits > 16 { context.pointee.bits_per_raw_sample = 24 }
            try check(av_channel_layout_from_string(&context.pointee.ch_layout, layout))
            context.pointee.bit_rate = codec.bitRate(
                channels: context.pointee.ch_layout.nb_channels, rate: rate)
            if hasGlobalHeader { context.pointee.flags |= CFFmpegGlobalHeader }
            try FFmpegLog.capturing { try check(avcodec_open2(context, av, nil)) }
            return (try SoundFilter(from: decoder, base: base, to: context, layout: layout), context)
        } catch {
            avcodec_free_context(&made)
            throw error
        }
    }
}
