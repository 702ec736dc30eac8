import CFFmpeg
import Foundation
import Testing

@testable import Media

@Suite("Subtitles and chapters")
struct CarriedTrackTests {
    let scratch: Scratch
    private let info = VideoInfo(width: 64, height: 48, frameRate: Rational(25))
    private let lines: [(time: Int64, text: String)] = [(40, "first line"), (400, "second line")]

    init() throws { scratch = try Scratch() }

    /// A clip of one second with two subtitle lines and two chapters.
    private func subtitled() throws -> URL {
        try writeClip(scratch["plain.mkv"], info: info, frames: 25)
        let input = try InputFile(scratch["plain.mkv"])
        let url = scratch["subtitled.mkv"]
        let output = try OutputFile(url)
        let (from, video) = (try #require(input.streams.first), try output.addStream())
        try check(avcodec_parameters_copy(video.pointee.codecpar, from.pointee.codecpar))
        video.pointee.codecpar.pointee.codec_tag = 0
        video.pointee.time_base = from.pointee.time_base
        let text = try output.addStream()
        text.pointee.codecpar.pointee.codec_type = AVMEDIA_TYPE_SUBTITLE
        text.pointee.codecpar.pointee.codec_id = AV_CODEC_ID_SUBRIP
        text.pointee.time_base = AVRational(num: 1, den: 1000)
        av_dict_set(&text.pointee.metadata, "language", "ger", 0)
        for (name, start) in [("opening", Int64(0)), ("close", 500)] {
            let chapter = try #require(
                av_mallocz(MemoryLayout<AVChapter>.size)?.bindMemory(to: AVChapter.self, capacity: 1))
            chapter.pointee.id = start + 1
            chapter.pointee.time_base = AVRational(num: 1, den: 1000)
            (chapter.pointee.start, chapter.pointee.end) = (start, start + 500)
            av_dict_set(&chapter.pointee.metadata, "title", name, 0)
            var count = Int32(output.context.pointee.nb_chapters)
            try check(av_dynarray_add_nofree(&output.context.pointee.chapters, &count, chapter))
            output.context.pointee.nb_chapters = UInt32(count)
        }
        try output.begin(metadata: [:])
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        var left = lines
        while try input.read(into: next) {
            let time = Double(next.pointee.pts) * Rational(from.pointee.time_base).value
            while let line = left.first, Double(line.time) / 1000 <= time {
                left.removeFirst()
                try write(line, to: output, stream: text)
            }
            av_packet_rescale_ts(next, from.pointee.time_base, video.pointee.time_base)
            next.pointee.stream_index = video.pointee.index
            try output.write(next)
        }
        try output.finish()
        return url
    }

    private func write(
        _ line: (time: Int64, text: String), to output: OutputFile, stream: UnsafeMutablePointer<AVStream>
    ) throws {
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        let bytes = Array(line.text.utf8)
        try check(av_new_packet(next, Int32(bytes.count)))
        next.pointee.data.update(from: bytes, count: bytes.count)
        (next.pointee.pts, next.pointee.dts, next.pointee.duration) = (line.time, line.time, 200)
        next.pointee.stream_index = stream.pointee.index
        av_packet_rescale_ts(next, AVRational(num: 1, den: 1000), stream.pointee.time_base)
        try output.write(next)
    }

    private func subtitles(_ url: URL) throws -> [(time: Double, text: String)] {
        let file = try InputFile(url)
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        var lines: [(Double, String)] = []
        while try file.read(into: next) {
            defer { av_packet_unref(next) }
            let stream = file.streams[Int(next.pointee.stream_index)]
            guard stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_SUBTITLE else { continue }
            let bytes = UnsafeBufferPointer(start: next.pointee.data, count: Int(next.pointee.size))
            let time = Double(next.pointee.pts) * Rational(stream.pointee.time_base).value
            lines.append((time, String(decoding: bytes, as: UTF8.self)))
        }
        return lines
    }

    @Test("are carried over, synchronised")
    func carried() throws {
        let source = try subtitled()
        let before = try VideoReader(source).info
        #expect(before.subtitleCodecs == ["subrip"] && before.chapters == 2)
        let url = scratch["copy.mkv"]
        try writeClip(url, info: info, frames: 25, tracksFrom: source)
        let after = try VideoReader(url).info
        #expect(after.subtitleCodecs == ["subrip"] && after.chapters == 2)
        let texts = try subtitles(url)
        #expect(texts.map(\.text) == lines.map(\.text))
        for (text, line) in zip(texts, lines) { #expect(abs(text.time - Double(line.time) / 1000) < 0.002) }
        let file = try InputFile(url)
        let last = try #require(file.context.pointee.chapters[1])
        #expect(Double(last.pointee.start) * Rational(last.pointee.time_base).value == 0.5)
        let title = try #require(av_dict_get(last.pointee.metadata, "title", nil, 0))
        #expect(String(cString: title.pointee.value) == "close")
    }

    @Test("SubRip becomes timed text in MP4, with a notice; chapters are kept")
    func converted() throws {
        let source = try subtitled()
        let reader = try VideoReader(source)
        let url = scratch["copy.mp4"]
        let writer = try VideoWriter(
            url, like: reader.info, settings: .init(preset: .ultrafast), tracksFrom: source)
        while let frame = try reader.next() { try writer.append(frame) }
        try writer.finish()
        #expect(writer.notices.contains { $0.contains("become timed text, because .mp4 cannot") })
        let info = try VideoReader(url).info
        #expect(info.chapters == 2 && info.subtitleCodecs == ["mov_text"])
        // Each is a two-byte length and the text.
        let texts = try subtitles(url).filter { $0.text.utf8.count > 2 }
        #expect(texts.count == 2)
        for (text, line) in zip(texts, lines) {
            #expect(text.text.contains(line.text) && abs(text.time - Double(line.time) / 1000) < 0.002)
        }
    }
}
