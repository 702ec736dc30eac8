import CFFmpeg
import Foundation
import Testing

@testable import Media

/// Sound is copied from a real clip.
@Suite("Sound")
struct SoundTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Presentation times in seconds, and data, of a file's sound packets.
    private func packets(_ url: URL) throws -> [(time: Double, bytes: [UInt8])] {
        let file = try InputFile(url)
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        var packets: [(Double, [UInt8])] = []
        while try file.read(into: next) {
            defer { av_packet_unref(next) }
            let stream = file.streams[Int(next.pointee.stream_index)]
            guard stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO else { continue }
            let bytes = Array(UnsafeBufferPointer(start: next.pointee.data, count: Int(next.pointee.size)))
            packets.append((Double(next.pointee.pts) * Rational(stream.pointee.time_base).value, bytes))
        }
        return packets
    }

    @Test("is copied bit-exactly and synchronised", arguments: ["mp4", "mov", "mkv"])
    func copied(container: String) throws {
        let url = scratch["a." + container]
        let reader = try VideoReader(Samples.target)
        let writer = try VideoWriter(
            url, like: reader.info, settings: .init(preset: .ultrafast), tracksFrom: Samples.target)
        while let frame = try reader.next() { try writer.append(frame) }
        try writer.finish()
        #expect(writer.notices.isEmpty)

        let (before, after) = (try packets(Samples.target), try packets(url))
        #expect(before.count == after.count && before.count > 100)
        for (left, right) in zip(before, after) {
            #expect(left.bytes == right.bytes)
            // Matroska has no negative timestamps: it starts with the encoder's priming (46 ms at 22 050 Hz).
            #expect(abs(left.time - right.time) < (container == "mkv" ? 0.048 : 1e-4))
        }
        let frames = try allFrames(url)
        #expect(frames.count == 250)
        let shift = (after.first?.time ?? 0) - (before.first?.time ?? 0)
        for frame in frames { #expect(abs(frame.time - Double(frame.index) / 25 - shift) < 0.002) }
    }

    @Test("of a part is cut to that part")
    func part() throws {
        let reader = try VideoReader(Samples.target)
        let writer = try VideoWriter(
            scratch["a.mp4"], like: reader.info, settings: .init(preset: .ultrafast),
            tracksFrom: Samples.target
        )
        try reader.seek(to: 4)
        for _ in 0..<50 { try writer.append(try #require(try reader.next())) }
        try writer.finish()
        let sound = try packets(scratch["a.mp4"])
        let all = try packets(Samples.target)
        #expect(abs((sound.last?.time ?? 0) - 2) < 0.1 && abs(sound.first?.time ?? 9) < 0.05)
        let first = try #require(all.firstIndex { $0.bytes == sound.first?.bytes })
        #expect(abs(all[first].time - 4 - (sound.first?.time ?? 9)) < 0.001)
        let frames = try allFrames(scratch["a.mp4"])
        #expect(frames.count == 50 && abs(frames[0].time) < 0.05)
    }

    @Test("is optional")
    func none() throws {
        let info = VideoInfo(width: 64, height: 64, frameRate: Rational(25))
        try writeClip(scratch["a.mp4"], info: info, frames: 5)
        try writeClip(scratch["b.mp4"], info: info, frames: 5, tracksFrom: scratch["a.mp4"])
        #expect(try !VideoReader(scratch["b.mp4"]).info.hasAudio)
    }
}
