import CFFmpeg

/// An FFmpeg filter graph with one output frame per input frame, possibly delayed.
final class FrameFilter {
    private var graph: UnsafeMutablePointer<AVFilterGraph>?
    private var source: UnsafeMutablePointer<AVFilterContext>?
    private var sink: UnsafeMutablePointer<AVFilterContext>?

    /// - Parameters:
    ///   - chain: filter graph description, as for `ffmpeg -vf`.
    ///   - frame: a frame with the format of all input frames.
    init(_ chain: String, for frame: FrameBuffer) throws {
        graph = try allocated(avfilter_graph_alloc())
        do {
            try build(chain, frame)
        } catch {
            avfilter_graph_free(&graph)
            throw error
        }
    }

    deinit { avfilter_graph_free(&graph) }

    private func build(_ chain: String, _ frame: FrameBuffer) throws {
        let arguments =
            "video_size=\(frame.width)x\(frame.height):pix_fmt=\(frame.av.pointee.format):time_base=1/1:pixel_aspect=1/1"
        try check(
            avfilter_graph_create_filter(&source, avfilter_get_by_name("buffer"), "in", arguments, nil, graph)
        )
        try check(
            avfilter_graph_create_filter(&sink, avfilter_get_by_name("buffersink"), "out", nil, nil, graph))
        // From the graph's perspective, the source is an output and the sink an input.
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
        try check(avfilter_graph_parse_ptr(graph, chain, &inputs, &outputs, nil))
        try check(avfilter_graph_config(graph, nil))
    }

    /// For filters without delay.
    func callAsFunction(_ frame: FrameBuffer) throws -> FrameBuffer {
        try send(frame)
        let result = try allocated(receive())
        // The filter graph has its own time base.
        result.av.pointee.pts = frame.av.pointee.pts
        CFFmpegSetDuration(result.av, CFFmpegDuration(frame.av))
        return result
    }

    /// - Parameter frame: `nil` to flush after the last.
    func send(_ frame: FrameBuffer?) throws {
        try check(av_buffersrc_write_frame(source, frame?.av))
    }

    /// The next finished frame; `nil` if the filter needs more input or has ended.
    func receive() throws -> FrameBuffer? {
        let result = try FrameBuffer()
        let status = av_buffersink_get_frame(sink, result.av)
        if status == CFFmpegAgain || status == CFFmpegEnd { return nil }
        try check(status)
        return result
    }
}
