import Foundation
import Pictures
import Testing

@testable import Media

/// Reads a real file: H.264 with B-frames in an MP4.
@Suite("A sample clip")
struct PerformerTests {
    @Test("has the expected properties")
    func info() throws {
        let info = try VideoReader(Samples.target).info
        #expect((info.width, info.height) == (384, 384))
        #expect(info.frameRate == Rational(25) && info.timeBase == Rational(1, 12800))
        #expect(info.frameCount == 250 && info.readableFrameCount == nil && !info.isTruncated)
        #expect(abs(info.duration - 10) < 0.01)
        #expect(info.codec == "h264" && info.pixelFormat == "yuv420p" && info.bitDepth == 8)
        #expect(info.colour.matrix == 1 && info.colour.primaries == 1 && info.colour.range == .limited)
        #expect(info.audioCodecs == ["aac"] && !info.isVariableRate && info.rotation == 0)
    }

    @Test("every frame is read once, in order, with its time")
    func frames() throws {
        let reader = try VideoReader(Samples.target)
        var count = 0
        while let frame = try reader.next() {
            #expect(frame.index == count && abs(frame.time - Double(count) / 25) < 1e-9)
            #expect(frame.timestamp == Int64(count) * 512)
            count += 1
        }
        #expect(count == 250 && reader.unreadableFrames == 0 && reader.damagedFrames == 0)
        #expect(try reader.next() == nil)
    }

    @Test("a seek finds the exact frame", arguments: [3.0, 0.0, 9.96, 5.5])
    func seek(seconds: Double) throws {
        let reader = try VideoReader(Samples.target)
        let wanted = Int((seconds * 25 - 0.01).rounded(.up))
        var expected: Picture?
        while let frame = try reader.next() {
            if frame.index == wanted {
                expected = try frame.scaledPicture(maximumSide: 64)
                break
            }
        }
        try reader.seek(to: seconds)
        let frame = try #require(try reader.next())
        #expect(frame.index == wanted)
        #expect(try frame.scaledPicture(maximumSide: 64) == expected)
        #expect(try reader.next().map { $0.index } == (wanted == 249 ? nil : wanted + 1))
    }

    @Test("a quick picture differs by a few levels")
    func quick() throws {
        let frame = try #require(try VideoReader(Samples.target).next())
        let (exact, quick) = (try frame.picture(), try frame.squarePicture(isQuick: true))
        #expect((quick.width, quick.height) == (exact.width, exact.height))
        let differences = zip(exact.pixels, quick.pixels).map { abs(Int($0) - Int($1)) }
        #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 2)
        // Chroma edges differ most.
        #expect(differences.filter { $0 > 24 }.count < differences.count / 1000)
    }
}
