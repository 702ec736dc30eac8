import CFFmpeg
import Foundation
import Testing

@testable import Media

/// Concatenated recordings with timestamp discontinuities: duration and synchronisation stay correct.
@Suite("Concatenated recordings")
struct JumpingTimesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// A clip as a transport stream with a given start time.
    private func stream(_ source: URL, _ name: String, from seconds: Double) throws -> Data {
        let input = try InputFile(source)
        var made: UnsafeMutablePointer<AVFormatContext>?
        let url = scratch[name]
        try check(avformat_alloc_output_context2(&made, nil, "mpegts", url.path))
        let output = try #require(made)
        defer { avformat_free_context(output) }
        var streams: [UnsafeMutablePointer<AVStream>] = []
        for stream in input.streams {
            let copy = try #require(avformat_new_stream(output, nil))
            try check(avcodec_parameters_copy(copy.pointee.codecpar, stream.pointee.codecpar))
            copy.pointee.codecpar.pointee.codec_tag = 0
            streams.append(copy)
        }
        try check(avio_open(&output.pointee.pb, url.path, AVIO_FLAG_WRITE))
        try check(avformat_write_header(output, nil))
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        while try input.read(into: next) {
            let (from, to) = (
                input.streams[Int(next.pointee.stream_index)], streams[Int(next.pointee.stream_index)]
            )
            av_packet_rescale_ts(next, from.pointee.time_base, to.pointee.time_base)
            let shift = Int64(seconds / Rational(to.pointee.time_base).value)
            next.pointee.pts += shift
            next.pointee.dts += shift
            try check(av_interleaved_write_frame(output, next))
        }
        try check(av_write_trailer(output))
        try check(avio_closep(&output.pointee.pb))
        return try Data(contentsOf: url)
    }

    @Test("a jump back or far ahead is removed, in video and sound", arguments: [-20.0, -1, 0, 500])
    func jump(_ jump: Double) throws {
        let source = try SoundingClip(codec: "aac").write("a.mkv", in: scratch)
        var data = try stream(source, "1.ts", from: 30)
        data += try stream(source, "2.ts", from: 32 + jump)
        try data.write(to: scratch["joined.ts"])
        let reader = try VideoReader(scratch["joined.ts"])
        #expect(abs(reader.info.duration - 4) < 0.2 && abs(reader.info.frameRate.value - 25) < 0.1)
        var times: [Double] = []
        while let frame = try reader.next() { times.append(frame.time) }
        #expect(times.count == 100)
        for (left, right) in zip(times, times.dropFirst()) { #expect(abs(right - left - 0.04) < 0.002) }
        let url = scratch["out.mp4"]
        try convert(scratch["joined.ts"], to: url)
        #expect(abs(try VideoReader(url).info.duration - 4) < 0.1)
        let (start, samples) = try heard(url)
        let clicks = samples.indices.filter { place in
            abs(samples[place]) > 0.1 && (max(0, place - 4800)..<place).allSatisfy { abs(samples[$0]) <= 0.1 }
        }.map { start + Double($0) / 48_000 }
        #expect(clicks.count == 2)
        let picture = try #require(try VideoReader(url).next()).time + InputFile(url).origin
        for (click, expected) in zip(clicks, [0.5, 2.5]) { #expect(abs(click - picture - expected) < 0.03) }
    }

    @Test("seeking after a jump finds the frame")
    func seek() throws {
        let source = try SoundingClip(codec: "aac").write("a.mkv", in: scratch)
        var data = try stream(source, "1.ts", from: 30)
        data += try stream(source, "2.ts", from: 3)
        try data.write(to: scratch["joined.ts"])
        let reader = try VideoReader(scratch["joined.ts"])
        try reader.seek(to: 3)
        #expect(abs(try #require(try reader.next()).time - 3) < 0.05)
    }

    @Test("a gap of lost reception is kept, and its frames are missing")
    func gap() throws {
        let source = try SoundingClip(codec: "aac").write("a.mkv", in: scratch)
        var data = try stream(source, "1.ts", from: 30)
        data += try stream(source, "2.ts", from: 34)
        try data.write(to: scratch["joined.ts"])
        let reader = try VideoReader(scratch["joined.ts"])
        while try reader.next() != nil {}
        let stretches = MissingFrames.stretches(reader.unreadable, frameRate: 25)
        #expect(stretches.count == 1 && abs((stretches.first?.from ?? 0) - 2) < 0.1)
        #expect(abs((stretches.first?.count ?? 0) - 50) <= 1)
    }

    @Test("a section begins with sound that jumps before the video")
    func stretches() throws {
        func at(_ position: Int64, _ time: Double, video: Bool) -> JumpingTimes.Time {
            .init(position: position, isVideo: video, time: time, stream: video ? 0 : 1)
        }
        let times = [
            at(0, 10, video: true), at(10, 10, video: false), at(20, 10.04, video: true),
            at(30, 10.02, video: false),
            at(40, 3, video: false), at(50, 3, video: true), at(60, 3.04, video: true),
        ]
        let found = try #require(JumpingTimes.stretches(times))
        #expect(found.stretches.map(\.position) == [0, 40])
        #expect(abs(found.stretches[1].shift - 7.08) < 1e-9 && abs(found.duration - 0.16) < 1e-9)
    }
}
