import CFFmpeg

/// Transcodes text subtitles to another format.
final class SubtitleEncoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    private let decoder: UnsafeMutablePointer<AVCodecContext>
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Whether a track's subtitles are text rather than bitmaps.
    static func isText(_ stream: UnsafeMutablePointer<AVStream>) -> Bool {
        let descriptor = avcodec_descriptor_get(stream.pointee.codecpar.pointee.codec_id)
        return descriptor.map { $0.pointee.props & AV_CODEC_PROP_TEXT_SUB != 0 } ?? false
    }

    /// - Throws: `FFmpegError` if the track cannot be decoded or the format cannot be encoded.
    init(_ codec: AVCodecID, from stream: UnsafeMutablePointer<AVStream>) throws {
        let reading = try allocated(avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id))
        let writing = try allocated(avcodec_find_encoder(codec))
        var made = [avcodec_alloc_context3(reading), avcodec_alloc_context3(writing)]
        do {
            let (decoder, encoder) = (try allocated(made[0]), try allocated(made[1]))
            try check(avcodec_parameters_to_context(decoder, stream.pointee.codecpar))
            decoder.pointee.pkt_timebase = stream.pointee.time_base
            try check(avcodec_open2(decoder, reading, nil))
            encoder.pointee.time_base = AVRational(num: 1, den: 1000)
            if decoder.pointee.subtitle_header_size > 0 {
                let size = Int(decoder.pointee.subtitle_header_size)
                let copy = try allocated(av_mallocz(size + 1)).assumingMemoryBound(to: UInt8.self)
                copy.update(from: decoder.pointee.subtitle_header, count: size)
                (encoder.pointee.subtitle_header, encoder.pointee.subtitle_header_size) = (copy, Int32(size))
            }
            try FFmpegLog.capturing { try check(avcodec_open2(encoder, writing, nil)) }
            (self.decoder, context) = (decoder, encoder)
        } catch {
            for index in made.indices { avcodec_free_context(&made[index]) }
            throw error
        }
    }

    deinit {
        var contexts: [UnsafeMutablePointer<AVCodecContext>?] = [decoder, context]
        for index in contexts.indices { avcodec_free_context(&contexts[index]) }
    }

    /// A packet's text in the new format; `nil` if it is empty.
    func encode(_ packet: UnsafeMutablePointer<AVPacket>) throws -> [UInt8]? {
        var subtitle = AVSubtitle()
        var isThere: Int32 = 0
        guard avcodec_decode_subtitle2(decoder, &subtitle, &isThere, packet) >= 0, isThere != 0 else {
            return nil
        }
        defer { avsubtitle_free(&subtitle) }
        guard subtitle.num_rects > 0 else { return nil }
        (subtitle.start_display_time, subtitle.end_display_time) = (0, max(1, subtitle.end_display_time))
        let count = try check(avcodec_encode_subtitle(context, &buffer, Int32(buffer.count), &subtitle))
        return count > 0 ? Array(buffer.prefix(Int(count))) : nil
    }
}
