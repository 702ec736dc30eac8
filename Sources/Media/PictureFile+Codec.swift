import CFFmpeg
import Foundation
import Pictures

extension PictureFile {
    static func decode(_ bytes: [UInt8], _ identifier: AVCodecID) throws -> Picture {
        let codec = try allocated(avcodec_find_decoder(identifier))
        var context = avcodec_alloc_context3(codec)
        var packet = av_packet_alloc()
        defer {
            avcodec_free_context(&context)
            av_packet_free(&packet)
        }
        let (decoder, input) = (try allocated(context), try allocated(packet))
        decoder.pointee.max_pixels = maximumPixels
        decoder.pointee.thread_count = 1
        // A damaged picture is an error, not a gray area. The TIFF decoder would reject every unknown tag.
        decoder.pointee.err_recognition = identifier == AV_CODEC_ID_TIFF ? 0 : AV_EF_EXPLODE
        try check(avcodec_open2(decoder, codec, nil))
        try check(av_new_packet(input, Int32(clamping: bytes.count)))
        input.pointee.data.update(from: bytes, count: bytes.count)
        try check(avcodec_send_packet(decoder, input))
        try check(avcodec_send_packet(decoder, nil))
        let frame = try FrameBuffer()
        try check(avcodec_receive_frame(decoder, frame.av))
        guard frame.av.pointee.decode_error_flags == 0 else {
            throw FFmpegError(status: CFFmpegInvalidData, log: "parts are missing")
        }
        let converter = PixelConverter()
        let normaliser = try FrameNormaliser(
            like: frame, orientation: orientation(frame), converter: converter)
        let upright = try normaliser.upright(frame)
        let colour =
            identifier == AV_CODEC_ID_MJPEG ? ColourTags(range: .full, matrix: 6) : ColourTags(upright.av)
        let layout = PixelLayout(
            width: upright.width, height: upright.height, format: try known(upright.format), colour: colour,
            frameWidth: upright.width, frameHeight: upright.height)
        return try converter.convert(
            upright, from: layout, to: .rgb(width: upright.width, height: upright.height)
        )
        .picture()
    }

    static func orientation(_ frame: FrameBuffer) -> Orientation {
        guard let entry = av_dict_get(frame.av.pointee.metadata, "Orientation", nil, 0) else {
            return .upright
        }
        let text = String(cString: entry.pointee.value).trimmingCharacters(in: .whitespaces)
        return Int(text).flatMap(Orientation.init) ?? .upright
    }

    static func encode(_ frame: FrameBuffer, codec identifier: AVCodecID, quality: Int) throws -> [UInt8] {
        // FFmpeg's default encoder for WebP is the one for animations.
        let still = identifier == AV_CODEC_ID_WEBP ? avcodec_find_encoder_by_name("libwebp") : nil
        guard let codec = still ?? avcodec_find_encoder(identifier) else {
            throw FFmpegError(
                status: CFFmpegInvalidData,
                log: "this FFmpeg has no encoder for \(String(cString: avcodec_get_name(identifier)))")
        }
        var context = avcodec_alloc_context3(codec)
        var packet = av_packet_alloc()
        defer {
            avcodec_free_context(&context)
            av_packet_free(&packet)
        }
        let (encoder, output) = (try allocated(context), try allocated(packet))
        encoder.pointee.width = frame.av.pointee.width
        encoder.pointee.height = frame.av.pointee.height
        encoder.pointee.pix_fmt = frame.format
        encoder.pointee.time_base = AVRational(num: 1, den: 25)
        encoder.pointee.thread_count = 1
        if identifier == AV_CODEC_ID_WEBP {
            av_opt_set_double(encoder.pointee.priv_data, "quality", Double(quality), 0)
            av_opt_set_int(encoder.pointee.priv_data, "lossless", quality >= 100 ? 1 : 0, 0)
        } else if identifier == AV_CODEC_ID_MJPEG {
            let step = quantizer(quality)
            encoder.pointee.flags |= CFFmpegFixedQuantizer
            encoder.pointee.qmin = 1
            encoder.pointee.global_quality = step * CFFmpegQPToLambda
            encoder.pointee.color_range = AVCOL_RANGE_JPEG
            frame.av.pointee.quality = encoder.pointee.global_quality
        } else if identifier == AV_CODEC_ID_PNG {
            // Half the time of the default level, for files a few per cent larger.
            encoder.pointee.compression_level = 3
        }
        frame.av.pointee.pts = 0
        try check(avcodec_open2(encoder, codec, nil))
        try check(avcodec_send_frame(encoder, frame.av))
        try check(avcodec_send_frame(encoder, nil))
        try check(avcodec_receive_packet(encoder, output))
        return Array(UnsafeBufferPointer(start: output.pointee.data, count: Int(output.pointee.size)))
    }

    /// The quantizer (1…31) of FFmpeg's JPEG encoder that is closest to the Independent JPEG Group's quality scale, whose 50 is
    /// the standard's example table and this encoder's 8.
    static func quantizer(_ quality: Int) -> Int32 {
        let quality = Double(max(1, min(100, quality)))
        let step = quality < 50 ? 400 / quality : 16 - 0.16 * quality
        return Int32(max(1, min(31, step.rounded())))
    }
}
