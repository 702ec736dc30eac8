import CFFmpeg
import Foundation

/// A video encoder, from frames to packets in the video's time base.
final class Encoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    let fitter: FrameFitter
    private let packet: UnsafeMutablePointer<AVPacket>
    private var lastTimestamp: Int64?
    /// Durations of the frames inside the encoder, by timestamp, as it does not preserve them.
    private var durations: [Int64: Int64] = [:]

    /// - Parameters:
    ///   - name: the output's name, for messages.
    ///   - hasGlobalHeader: whether the container stores the codec headers outside the packets.
    /// - Throws: `MediaError.unsupportedOutput`.
    init(_ settings: EncodingSettings, for info: VideoInfo, name: String, hasGlobalHeader: Bool) throws {
        let settings = settings.resolved(for: info, output: URL(fileURLWithPath: name))
        guard let codec = avcodec_find_encoder_by_name(settings.encoderName) else {
            throw MediaError(
                .unsupportedOutput,
                "\(name): this FFmpeg has no encoder \(settings.encoderName); choose another codec")
        }
        let supported = Self.formats(of: codec)
        guard let own = PixelFormat(name: info.pixelFormat),
            let format = settings.pixelFormat(for: own, supported: supported)
        else {
            let remedy =
                settings.pixelFormat == nil
                ? "choose another codec"
                : "it takes "
                    + supported.compactMap { PixelFormat($0)?.name }.sorted().joined(separator: ", ")
            throw MediaError(
                .unsupportedOutput,
                "\(name): \(settings.codec.rawValue) cannot hold pixels of "
                    + "\(settings.pixelFormat ?? info.pixelFormat); \(remedy)")
        }
        fitter = FrameFitter(for: info, own: own, format: format, settings: settings)
        packet = try allocated(av_packet_alloc())
        context = try allocated(avcodec_alloc_context3(codec))
        do {
            context.pointee.width = Int32(fitter.width)
            context.pointee.height = Int32(fitter.height)
            context.pointee.pix_fmt = format.av
            context.pointee.time_base = info.timeBase.av
            context.pointee.framerate = info.frameRate.av
            context.pointee.sample_aspect_ratio = info.pixelAspect.av
            context.pointee.thread_count = Int32(settings.threads)
            fitter.colour.apply(to: context)
            if hasGlobalHeader { context.pointee.flags |= CFFmpegGlobalHeader }
            if settings.codec == .hevc { context.pointee.codec_tag = Self.tag("hvc1") }
            if settings.codec == .ffv1 {
                context.pointee.level = 3
                context.pointee.slices = 4
                context.pointee.gop_size = 1
            }
            var options: OpaquePointer?
            defer { av_dict_free(&options) }
            for (key, value) in settings.options(for: info, format: format) {
                av_dict_set(&options, key, value, 0)
            }
            try FFmpegLog.capturing { try check(avcodec_open2(context, codec, &options)) }
        } catch {
            throw MediaError(
                .unsupportedOutput,
                "\(name): \(settings.codec.rawValue) cannot encode \(info.width)×\(info.height) \(format.name); "
                    + "choose another codec", cause: error)
        }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        avcodec_free_context(&context)
        av_packet_free(&packet)
    }

    /// Encodes a frame, or flushes the encoder for `nil`, and passes each finished packet to `write`.
    ///
    /// - Parameters:
    ///   - timestamp, duration: in the video's time base. Timestamps are made strictly increasing.
    func encode(
        _ frame: VideoFrame?, timestamp: Int64 = 0, duration: Int64 = 0,
        write: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        if let frame {
            let buffer = try fitter(frame)
            let timestamp = max(timestamp, (lastTimestamp ?? Int64.min / 2) + 1)
            buffer.av.pointee.pts = timestamp
            CFFmpegSetDuration(buffer.av, duration)
            if duration > 0 { durations[timestamp] = duration }
            lastTimestamp = timestamp
            try check(avcodec_send_frame(context, buffer.av))
        } else {
            try check(avcodec_send_frame(context, nil))
        }
        while true {
            let status = avcodec_receive_packet(context, packet)
            if status == CFFmpegAgain || status == CFFmpegEnd { return }
            try check(status)
            if let duration = durations.removeValue(forKey: packet.pointee.pts) {
                packet.pointee.duration = duration
            }
            try write(packet)
            av_packet_unref(packet)
        }
    }

    private static func formats(of codec: UnsafePointer<AVCodec>) -> [AVPixelFormat] {
        var formats: [AVPixelFormat] = []
        guard var next = codec.pointee.pix_fmts else { return formats }
        while next.pointee != AV_PIX_FMT_NONE {
            formats.append(next.pointee)
            next += 1
        }
        return formats
    }

    /// A FourCC codec tag.
    private static func tag(_ characters: String) -> UInt32 {
        characters.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
