import Foundation
import Media
import Pictures
import Testing

@Suite("Videos in parts")
struct VideoPartTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("parts-\(UUID().uuidString)")

    private struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let codec: EncodingSettings.Codec
        let format: String
        let container: String
        var isVariable = false
        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "H.264 with B-frames in MP4", codec: .h264, format: "yuv420p", container: "mp4"),
        Case(
            name: "H.264, variable rate, in MOV", codec: .h264, format: "yuv420p", container: "mov",
            isVariable: true),
        Case(name: "HEVC, 10 bits, in MP4", codec: .hevc, format: "yuv420p10le", container: "mp4"),
        Case(
            name: "HEVC, variable rate, in Matroska", codec: .hevc, format: "yuv420p", container: "mkv",
            isVariable: true),
        Case(name: "ProRes in MOV", codec: .prores, format: "yuv422p10le", container: "mov"),
        Case(name: "FFV1 in Matroska", codec: .ffv1, format: "yuv420p", container: "mkv"),
    ]

    /// Frames of moving colours at constant or irregular times.
    private func frames(_ test: Case, _ info: VideoInfo) throws -> [VideoFrame] {
        var time = 0.0
        return try (0..<46).map { index in
            var picture = Picture(width: info.width, height: info.height)
            for place in picture.pixels.indices {
                picture.pixels[place] = UInt8((place * 3 + index * 5 + place / 96 * 7) % 200 + 20)
            }
            defer { time += test.isVariable ? [0.02, 0.05, 0.1, 0.033][index % 4] : 0.04 }
            return try VideoFrame(picture, index: index, time: time, like: info)
        }
    }

    private func read(_ url: URL) throws -> [VideoFrame] {
        let reader = try VideoReader(url)
        var frames: [VideoFrame] = []
        while let frame = try reader.next() { frames.append(frame) }
        return frames
    }

    @Test(
        "joined, they equal the video written in one piece: times, order, pictures", arguments: cases)
    private func joined(_ test: Case) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let info = VideoInfo(
            width: 96, height: 64, frameRate: Rational(25), timeBase: Rational(1, 12800),
            pixelFormat: test.format)
        let settings = EncodingSettings(codec: test.codec, quality: 10, preset: .medium, threads: 1)
        let frames = try frames(test, info)
        let whole = folder.appendingPathComponent("whole.\(test.container)")
        let writer = try VideoWriter(whole, like: info, settings: settings)
        for frame in frames { try writer.append(frame) }
        try writer.finish()

        var parts: [URL] = []
        var end = 0.0
        for (number, range) in [0..<17, 17..<18, 18..<46].enumerated() {
            let part = try VideoPartWriter(
                folder.appendingPathComponent("\(number).nut"), like: info, settings: settings)
            for frame in frames[range] { try part.append(frame) }
            try part.finish()
            #expect(part.frameCount == range.count)
            parts.append(part.url)
            end = part.end
        }
        let joined = folder.appendingPathComponent("joined.\(test.container)")
        let joiner = VideoJoiner(parts, like: info)
        try joiner.requirePossible(to: joined, settings: settings)
        _ = try joiner.join(to: joined, settings: settings, end: end)

        let (a, b) = (try read(whole), try read(joined))
        #expect(a.count == 46 && b.count == 46)
        let (one, other) = (try VideoReader(whole).info, try VideoReader(joined).info)
        #expect(
            one.codec == other.codec && one.pixelFormat == other.pixelFormat && one.colour == other.colour)
        #expect(abs(one.duration - other.duration) < 0.002)
        for (a, b) in zip(a, b) {
            #expect(abs(a.time - b.time) < 1e-3)
            let difference = try zip(a.picture().pixels, b.picture().pixels).map { abs(Int($0) - Int($1)) }
            // Rate control differs at the seams; the picture is the same.
            #expect(difference.reduce(0, +) <= (test.codec == .ffv1 ? 0 : difference.count * 6))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 5)
    }

    @Test("joining can be cancelled, and leaves nothing")
    func stopped() async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (test, settings) = (Self.cases[0], EncodingSettings(preset: .medium))
        let info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))
        let part = try VideoPartWriter(
            folder.appendingPathComponent("0.nut"), like: info, settings: settings)
        for frame in try frames(test, info) { try part.append(frame) }
        try part.finish()
        let (joiner, url, end) = (
            VideoJoiner([part.url], like: info), folder.appendingPathComponent("joined.mp4"), part.end
        )
        let joining = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try joiner.join(to: url, settings: settings, end: end)
        }
        await #expect(throws: CancellationError.self) { try await joining.value }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["0.nut"])
    }

    @Test("frame times are read without decoding, and each can be sought to")
    func times() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let test = Case(name: "", codec: .h264, format: "yuv420p", container: "mp4", isVariable: true)
        let info = VideoInfo(width: 96, height: 64, frameRate: Rational(20), timeBase: Rational(1, 12800))
        let url = folder.appendingPathComponent("clip.mp4")
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(preset: .medium))
        for frame in try frames(test, info) { try writer.append(frame) }
        try writer.finish()
        let times = try #require(try FrameTimes(of: url)).times
        let frames = try read(url)
        #expect(times.count == frames.count)
        #expect(zip(times, frames).allSatisfy { abs($0 - $1.time) < 1e-6 })
        let reader = try VideoReader(url)
        for index in [30, 3, 45, 17] {
            try reader.seek(to: times[index])
            let frame = try #require(try reader.next())
            #expect(abs(frame.time - times[index]) < 1e-6)
            #expect(try frame.nativeSamples() == frames[index].nativeSamples())
        }
    }

    @Test("a container without exact seeking has no frame times")
    func noTimes() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let info = VideoInfo(width: 96, height: 64, frameRate: Rational(25))
        let part = try VideoPartWriter(
            folder.appendingPathComponent("clip.nut"), like: info, settings: EncodingSettings(codec: .ffv1))
        for frame in try frames(Self.cases[5], info) { try part.append(frame) }
        try part.finish()
        #expect(try FrameTimes(of: part.url) == nil)
    }
}
