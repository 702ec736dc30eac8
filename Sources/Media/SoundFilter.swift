import CFFmpeg

/// Converts decoded sound to an encoder's requirements: sample rate, layout, sample format and frame size, without gaps.
final class SoundFilter {
    private var graph: UnsafeMutablePointer<AVFilterGraph>?
    private var source: UnsafeMutablePointer<AVFilterContext>?
    private var sink: UnsafeMutablePointer<AVFilterContext>?

    /// - Parameters:
    ///   - base: time base of the input frames; output frames have 1/sample rate.
    ///   - layout: the encoder's channel layout in FFmpeg's syntax.
    init(
        from decoder: UnsafeMutablePointer<AVCodecContext>, base: AVRational,
        to encoder: UnsafeMutablePointer<AVCodecContext>, layout: String
    ) throws {
        graph = try allocated(avfilter_graph_alloc())
        do {
            try build(decoder, base, encoder, layout)
        } catch {
            avfilter_graph_free(&graph)
            throw error
        }
    }

    deinit { avfilter_graph_free(&graph) }

    private func build(
        _ decoder: UnsafeMutablePointer<AVCodecContext>, _ base: AVRational,
        _ encoder: UnsafeMutablePointer<AVCodecContext>, _ layout: String
    ) throws {
        var own = [CChar](repeating: 0, count: 128)
        try check(av_channel_layout_describe(&decoder.pointee.ch_layout, &own, own.count))
        let ownLayout = String(decoding: own.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let format = String(cString: try allocated(av_get_sample_fmt_name(decoder.pointee.sample_fmt)))
        let target = String(cString: try allocated(av_get_sample_fmt_name(encoder.pointee.sample_fmt)))
        let arguments =
            "time_base=\(base.num)/\(base.den):sample_rate=\(decoder.pointee.sample_rate):sample_fmt=\(format)"
            + ":channel_layout=\(ownLayout)"
        try check(
            avfilter_graph_create_filter(
                &source, avfilter_get_by_name("abuffer"), "in", arguments, nil, graph))
        try check(
            avfilter_graph_create_filter(&sink, avfilter_get_by_name("abuffersink"), "out", nil, nil, graph))
        let rate = encoder.pointee.sample_rate
        let chain =
            "aresample=\(rate):async=1,aformat=sample_fmts=\(target):sample_rates=\(rate):channel_layouts=\(layout)"
        var outputs = avfilter_inout_alloc()
        var inputs = avfilter_inout_alloc()
        defer {
            avfilter_inout_free(&outputs)
            avfilter_inout_free(&inputs)
        }
        let (first, last) = (try allocated(outputs), try allocated(inputs))
        first.pointee.name = av_strdup("in")
        first.pointee.filter_ctx = source
        last.pointee.name = av_strdup("out")
        last.pointee.filter_ctx = sink
        try FFmpegLog.capturing {
            try check(avfilter_graph_parse_ptr(graph, chain, &inputs, &outputs, nil))
            try check(avfilter_graph_config(graph, nil))
        }
        let length = encoder.pointee.frame_size
        if length > 0 { av_buffersink_set_frame_size(sink, UInt32(length)) }
    }

    /// - Parameter frame: `nil` to flush after the last.
    func send(_ frame: FrameBuffer?) throws {
        try check(av_buffersrc_add_frame_flags(source, frame?.av, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)))
    }

    /// The next frame, with its time in samples; `nil` if more input is needed, or at the end.
    func receive() throws -> FrameBuffer? {
        let frame = try FrameBuffer()
        let status = av_buffersink_get_frame(sink, frame.av)
        if status == CFFmpegAgain || status == CFFmpegEnd { return nil }
        try check(status)
        let base = av_buffersink_get_time_base(sink)
        frame.av.pointee.pts = av_rescale_q(
            frame.av.pointee.pts, base, AVRational(num: 1, den: av_buffersink_get_sample_rate(sink)))
        return frame
    }
}
