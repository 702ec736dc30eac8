import CFFmpeg

/// A multithreaded decoder of one stream.
final class Decoder {
    let context: UnsafeMutablePointer<AVCodecContext>

    /// - Parameter threads: 0 for the number of cores.
    /// - Throws: `MediaError.unsupportedCodec`.
    init(_ stream: UnsafeMutablePointer<AVStream>, of file: InputFile, threads: Int = 0) throws {
        let parameters = stream.pointee.codecpar
        let identifier = stream.pointee.codecpar.pointee.codec_id
        let name = String(cString: avcodec_get_name(identifier))
        guard let codec = Self.decoder(of: stream) ?? avcodec_find_decoder(identifier) else {
            throw MediaError(
                .unsupportedCodec,
                "\(file.url.path): this FFmpeg does not support its video codec \(name); convert it to H.264"
            )
        }
        context = try allocated(avcodec_alloc_context3(codec))
        do {
            try check(avcodec_parameters_to_context(context, parameters))
            context.pointee.max_pixels = InputFile.maximumPixels
            context.pointee.pkt_timebase = stream.pointee.time_base
            context.pointee.thread_count = Int32(threads)
            context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
            // Corrupt frames are output and flagged, so that the frame count and the synchronisation with
            // the sound are kept.
            context.pointee.flags |= CFFmpegOutputCorrupt
            try FFmpegLog.capturing { try check(avcodec_open2(context, codec, nil)) }
        } catch {
            throw MediaError(
                .unsupportedCodec,
                "\(file.url.path): its video (\(name)) cannot be decoded; convert it to H.264", cause: error)
        }
    }

    deinit {
        var closing: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&closing)
    }

    /// FFmpeg's native decoders of VP8 and VP9 ignore alpha; libvpx decodes it.
    private static func decoder(of stream: UnsafeMutablePointer<AVStream>) -> UnsafePointer<AVCodec>? {
        guard stream.tag("alpha_mode") == "1" else { return nil }
        switch stream.pointee.codecpar.pointee.codec_id {
        case AV_CODEC_ID_VP8: return avcodec_find_decoder_by_name("libvpx")
        case AV_CODEC_ID_VP9: return avcodec_find_decoder_by_name("libvpx-vp9")
        default: return nil
        }
    }

    enum Outcome {
        case frame(FrameBuffer)
        case needsPacket
        case end
    }

    /// - Throws: `FFmpegError` for a frame that cannot be decoded; the next call continues after it.
    func receive() throws -> Outcome {
        let frame = try FrameBuffer()
        let status = avcodec_receive_frame(context, frame.av)
        if status == CFFmpegAgain { return .needsPacket }
        if status == CFFmpegEnd { return .end }
        try check(status)
        return .frame(frame)
    }

    /// - Parameter packet: `nil` to flush at the end of the stream.
    /// - Throws: `FFmpegError` for a packet that cannot be decoded.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?) throws {
        let status = avcodec_send_packet(context, packet)
        if status != CFFmpegEnd { try check(status) }
    }

    func flush() { avcodec_flush_buffers(context) }
}
