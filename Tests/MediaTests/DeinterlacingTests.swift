import CFFmpeg
import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Interlaced video")
struct DeinterlacingTests {
    private let info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))

    /// A bright bar that moves four pixels per field, as in an interlaced recording.
    private func woven(_ number: Int) throws -> VideoFrame {
        var picture = Picture(width: 96, height: 64, red: 30, green: 30, blue: 30)
        for row in 0..<64 {
            let left = 10 + 8 * number + (row % 2 == 0 ? 0 : 4)
            for column in left..<min(96, left + 12) {
                for channel in 0..<3 { picture.pixels[(row * 96 + column) * 3 + channel] = 220 }
            }
        }
        return try VideoFrame(picture, index: number, like: info)
    }

    private func clip(_ url: URL, interlaced: Bool) throws {
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
        for number in 0..<9 {
            let frame = try woven(number)
            CFFmpegSetInterlaced(frame.buffer.av, interlaced ? 1 : 0)
            try writer.append(frame)
        }
        try writer.finish()
    }

    /// Mean difference of adjacent rows: large for combed frames.
    private func combing(_ picture: Picture) -> Double {
        var sum = 0
        for row in 1..<63 {
            for column in 0..<96 {
                func value(_ row: Int) -> Int { Int(picture.pixels[(row * 96 + column) * 3]) }
                sum += abs(2 * value(row) - value(row - 1) - value(row + 1))
            }
        }
        return Double(sum) / (62 * 96)
    }

    @Test("interlaced frames are deinterlaced, one per frame with its time; progressive ones are unchanged")
    func combs() throws {
        let scratch = try Scratch()
        try clip(scratch["fields.mkv"], interlaced: true)
        try clip(scratch["frames.mkv"], interlaced: false)
        let (fields, frames) = (
            try VideoReader(scratch["fields.mkv"]), try VideoReader(scratch["frames.mkv"])
        )
        #expect(fields.info.isInterlaced && fields.info.isDeinterlaced)
        #expect(!frames.info.isInterlaced && !frames.info.isDeinterlaced)
        var count = 0
        while let combed = try frames.next() {
            let whole = try #require(try fields.next())
            #expect(whole.time == combed.time && whole.index == combed.index)
            #expect(try combing(combed.picture()) > 20)
            #expect(try combing(whole.picture()) < 6)
            count += 1
        }
        #expect(count == 9)
        #expect(try fields.next() == nil)
    }

    @Test("after a seek all frames but the first equal those of a sequential reading")
    func seeking() throws {
        let scratch = try Scratch()
        try clip(scratch["fields.mkv"], interlaced: true)
        let (whole, part) = (try VideoReader(scratch["fields.mkv"]), try VideoReader(scratch["fields.mkv"]))
        var frames: [VideoFrame] = []
        while let frame = try whole.next() { frames.append(frame) }
        try part.seek(to: frames[3].time)
        #expect(try part.next()?.time == frames[3].time)
        for number in 4..<9 {
            let frame = try #require(try part.next())
            #expect(try frame.nativeSamples() == frames[number].nativeSamples())
        }
    }

    @Test("the output's notices include the deinterlacing")
    func notice() throws {
        let scratch = try Scratch()
        try clip(scratch["fields.mkv"], interlaced: true)
        let reader = try VideoReader(scratch["fields.mkv"])
        let writer = try VideoWriter(
            scratch["out.mkv"], like: reader.info, settings: EncodingSettings(codec: .ffv1))
        while let frame = try reader.next() { try writer.append(frame) }
        try writer.finish()
        #expect(writer.notices.contains { $0.contains("interlaced") })
        #expect(try !VideoReader(scratch["out.mkv"]).info.isInterlaced)
    }
}
