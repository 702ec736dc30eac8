import CFFmpeg
import Foundation
import Testing

@testable import Media

/// A clip with any kind of sound, generated with FFmpeg's filters and encoders.
struct SoundingClip {
    var codec = "pcm_s16le"
    var rate: Int32 = 48_000
    var layout = "stereo"
    var seconds = 2.0
    /// Start of the sound in seconds of the video.
    var start = 0.0
    var tracks = 1
    /// Silence with a click at half a second, in the syntax of `aevalsrc`.
    var expression = "if(between(t,0.5,0.52),sin(2*PI*1000*t),0)"
    var video = EncodingSettings(preset: .ultrafast)
    var info = VideoInfo(width: 64, height: 48, frameRate: Rational(25))

    /// - Parameter name: in the scratch folder; .mkv or .mov.
    func write(_ name: String, in scratch: Scratch) throws -> URL {
        let silent = scratch["silent-\(UUID().uuidString).mkv"]
        try writeClip(silent, info: info, frames: Int(seconds * 25), settings: video)
        let url = scratch[name]
        let (input, output) = (try InputFile(silent), try OutputFile(url))
        let (from, picture) = (try #require(input.streams.first), try output.addStream())
        try check(avcodec_parameters_copy(picture.pointee.codecpar, from.pointee.codecpar))
        picture.pointee.codecpar.pointee.codec_tag = 0
        picture.pointee.time_base = from.pointee.time_base
        let encoders = try (0..<tracks).map { _ in try encoder(hasGlobalHeader: output.hasGlobalHeader) }
        let streams = try encoders.map { encoder in
            let stream = try output.addStream()
            try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder))
            stream.pointee.time_base = encoder.pointee.time_base
            return stream
        }
        try output.begin(metadata: [:])
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        while try input.read(into: next) {
            next.pointee.stream_index = picture.pointee.index
            try output.write(next, from: Rational(from.pointee.time_base))
        }
        for (encoder, stream) in zip(encoders, streams) {
            try encode(with: encoder) { packet in
                packet.pointee.stream_index = stream.pointee.index
                try output.write(packet, from: Rational(encoder.pointee.time_base))
            }
            var closing: UnsafeMutablePointer<AVCodecContext>? = encoder
            avcodec_free_context(&closing)
        }
        try output.finish()
        return url
    }

    private func encoder(hasGlobalHeader: Bool) throws -> UnsafeMutablePointer<AVCodecContext> {
        let av = try #require(avcodec_find_encoder_by_name(codec))
        let encoder = try #require(avcodec_alloc_context3(av))
        encoder.pointee.sample_rate = rate
        encoder.pointee.time_base = AVRational(num: 1, den: rate)
        encoder.pointee.sample_fmt = try #require(av.pointee.sample_fmts).pointee
        encoder.pointee.bit_rate = 128_000
        try check(av_channel_layout_from_string(&encoder.pointee.ch_layout, layout))
        if hasGlobalHeader { encoder.pointee.flags |= CFFmpegGlobalHeader }
        try check(avcodec_open2(encoder, av, nil))
        return encoder
    }

    private func encode(
        with encoder: UnsafeMutablePointer<AVCodecContext>,
        _ write: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        let format = String(cString: try #require(av_get_sample_fmt_name(encoder.pointee.sample_fmt)))
        var graph = avfilter_graph_alloc()
        defer { avfilter_graph_free(&graph) }
        var sink: UnsafeMutablePointer<AVFilterContext>?
        try check(
            avfilter_graph_create_filter(&sink, avfilter_get_by_name("abuffersink"), "out", nil, nil, graph))
        var inputs = avfilter_inout_alloc()
        let last = try #require(inputs)
        last.pointee.name = av_strdup("out")
        last.pointee.filter_ctx = sink
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        let text = expression.replacingOccurrences(of: ",", with: "\\,")
        let chain =
            "aevalsrc=exprs=\(text):s=\(rate):d=\(seconds),aformat=sample_fmts=\(format):channel_layouts=\(layout)[out]"
        try check(avfilter_graph_parse_ptr(graph, chain, &inputs, &outputs, nil))
        avfilter_inout_free(&inputs)
        try check(avfilter_graph_config(graph, nil))
        if encoder.pointee.frame_size > 0 {
            av_buffersink_set_frame_size(sink, UInt32(encoder.pointee.frame_size))
        }
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        func drain() throws {
            while avcodec_receive_packet(encoder, next) >= 0 { try write(next) }
        }
        while true {
            let frame = try FrameBuffer()
            guard av_buffersink_get_frame(sink, frame.av) >= 0 else { break }
            frame.av.pointee.pts += Int64(start * Double(rate))
            try check(avcodec_send_frame(encoder, frame.av))
            try drain()
        }
        try check(avcodec_send_frame(encoder, nil))
        try drain()
    }
}

/// The decoded sound of a file: mono samples at 48 kHz, and the time of the first.
func heard(_ url: URL, track: Int = 0) throws -> (start: Double, samples: [Float]) {
    let file = try InputFile(url)
    let sounds = file.streams.filter { $0.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }
    let stream = sounds[track]
    let (decoding, exact) = (
        try #require(avcodec_find_decoder(stream.pointee.codecpar.pointee.codec_id)),
        try #require(avcodec_find_encoder(AV_CODEC_ID_PCM_F32LE))
    )
    var contexts = [avcodec_alloc_context3(decoding), avcodec_alloc_context3(exact)]
    defer { for index in contexts.indices { avcodec_free_context(&contexts[index]) } }
    let (decoder, plain) = (try #require(contexts[0]), try #require(contexts[1]))
    try check(avcodec_parameters_to_context(decoder, stream.pointee.codecpar))
    decoder.pointee.pkt_timebase = stream.pointee.time_base
    try check(avcodec_open2(decoder, decoding, nil))
    (plain.pointee.sample_rate, plain.pointee.sample_fmt) = (48_000, AV_SAMPLE_FMT_FLT)
    let filter = try SoundFilter(from: decoder, base: stream.pointee.time_base, to: plain, layout: "mono")
    var samples: [Float] = []
    var start: Double?
    func take() throws {
        while let frame = try filter.receive() {
            if start == nil { start = Double(frame.av.pointee.pts) / 48_000 }
            let count = Int(frame.av.pointee.nb_samples)
            try frame.plane(0).withMemoryRebound(to: Float.self, capacity: count) {
                samples += UnsafeBufferPointer(start: $0, count: count)
            }
        }
    }
    var packet = av_packet_alloc()
    defer { av_packet_free(&packet) }
    let next = try #require(packet)
    var isOver = false
    while !isOver {
        isOver = try !file.read(into: next)
        if !isOver, next.pointee.stream_index != stream.pointee.index { continue }
        _ = avcodec_send_packet(decoder, isOver ? nil : next)
        while true {
            let frame = try FrameBuffer()
            guard avcodec_receive_frame(decoder, frame.av) >= 0 else { break }
            frame.av.pointee.pts = frame.av.pointee.best_effort_timestamp
            try filter.send(frame)
            try take()
        }
    }
    try filter.send(nil)
    try take()
    return (start ?? 0, samples)
}

/// The time of a `SoundingClip`'s click, in seconds after the first video frame.
func click(in url: URL, track: Int = 0) throws -> Double? {
    let (start, samples) = try heard(url, track: track)
    guard let place = samples.firstIndex(where: { abs($0) > 0.1 }) else { return nil }
    let picture = try #require(try VideoReader(url).next()).time
    return start + Double(place) / 48_000 - picture - (try InputFile(url).origin)
}

/// The steps of `Converter` with a target: a trial, a part, and the whole.
@discardableResult
func convert(
    _ source: URL, to url: URL, settings: EncodingSettings = .init(codec: .auto, preset: .ultrafast)
) throws -> (before: [String], after: [String], reader: VideoReader) {
    let reader = try VideoReader(source)
    let before = try VideoJoiner([], like: reader.info).requirePossible(
        to: url, settings: settings, tracksFrom: source)
    let resolved = settings.resolved(for: reader.info, output: url)
    let part = url.deletingLastPathComponent().appending(path: "\(UUID().uuidString).nut")
    let writer = try VideoPartWriter(part, like: reader.info, settings: resolved)
    while let frame = try reader.next() { try writer.append(frame) }
    try writer.finish()
    let after = try VideoJoiner([part], like: reader.info).join(
        to: url, settings: resolved, tracksFrom: source, end: writer.end)
    return (before, after, reader)
}
