import CFFmpeg
import Foundation
import Testing

@testable import Media

@Suite("Missing frames")
struct MissingFrameTests {
    let scratch: Scratch
    private let info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))

    init() throws { scratch = try Scratch() }

    /// Makes packets invalid, so that the decoder skips them without an error.
    ///
    /// - Returns: the times of their frames.
    private func spoil(_ url: URL, packets: Range<Int>) throws -> [Double] {
        let file = try InputFile(url)
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        var data = try Data(contentsOf: url)
        var (number, times): (Int, [Double]) = (0, [])
        let stream = try #require(file.streams.first)
        while try file.read(into: next) {
            guard next.pointee.stream_index == stream.pointee.index else { continue }
            defer { number += 1 }
            guard packets.contains(number) else { continue }
            // The byte after the length has the NAL unit type; 30 is unspecified.
            var place = Int(next.pointee.pos)
            let end = place + Int(next.pointee.size)
            while place + 4 < end {
                let length = data[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
                data[place + 4] = 30
                place += 4 + length
            }
            times.append(Double(next.pointee.pts) * Rational(stream.pointee.time_base).value)
        }
        try data.write(to: url)
        return times.sorted()
    }

    @Test("of an MP4 are counted and located", arguments: [0, 4])
    func counted(threads: Int) throws {
        try writeClip(scratch["a.mp4"], info: info, frames: 60)
        let times = try spoil(scratch["a.mp4"], packets: 30..<33)
        let reader = try VideoReader(scratch["a.mp4"], threads: threads)
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 57 && reader.unreadableFrames == 3)
        for (place, time) in zip(reader.unreadable.sorted { $0.time < $1.time }, times) {
            #expect(abs(place.time - time) < 0.001 && place.frame == Int((time * 25).rounded()))
        }
    }

    @Test("do not affect the sound's synchronisation")
    func sync() throws {
        var clip = SoundingClip()
        clip.expression = "if(between(t,1.5,1.52),sin(2*PI*1000*t),0)"
        let source = try clip.write("a.mov", in: scratch)
        _ = try spoil(source, packets: 20..<25)
        let (_, _, reader) = try convert(source, to: scratch["b.mp4"])
        let missing = MissingFrames.stretches(reader.unreadable, frameRate: 25)
        #expect(missing.reduce(0) { $0 + $1.count } == 5)
        #expect(abs(try #require(try click(in: scratch["b.mp4"])) - 1.5) < 0.01)
        let frames = try allFrames(scratch["b.mp4"])
        let last = try #require(frames.last).time
        #expect(frames.count == 45 && abs(last - 49.0 / 25) < 0.002)
    }

    @Test("are not reported for an intact file, even after seeking", arguments: ["mp4", "mkv"])
    func none(container: String) throws {
        try writeClip(scratch["a.\(container)"], info: info, frames: 60)
        let reader = try VideoReader(scratch["a.\(container)"])
        while try reader.next() != nil {}
        #expect(reader.unreadable.isEmpty)
        try reader.seek(to: 1)
        while try reader.next() != nil {}
        #expect(reader.unreadable.isEmpty)
    }

    @Test("are merged to time ranges")
    func stretches() {
        func at(_ frame: Int) -> UnreadablePlace { .init(frame: frame, time: Double(frame) / 25) }
        let found = MissingFrames.stretches([at(71), at(70), at(70), at(90)], frameRate: 25)
        #expect(found.map(\.count) == [2, 1])
        #expect(
            MissingFrames.sentence(found) == "3 frames could not be decoded: 2.800–2.880 s, 3.600–3.640 s")
        #expect(MissingFrames.sentence([]) == nil)
    }
}
