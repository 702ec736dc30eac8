import CFFmpeg
import Faces
import Foundation
import Pictures
import Provenance
import Testing
import Vision

@testable import Media
@testable import Swapping

/// Pictures as targets, targets with undecodable frames, and messages before the work begins.
@Suite("Converted formats")
struct ConvertedFormatTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "formats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String) -> URL { folder.appending(path: name) }

    private var converter: Converter {
        var settings = ConversionSettings(composite: CompositeSettings(colour: .none))
        settings.marks.watermark = 5
        return Converter(
            observer: ScriptedObserver { _ in [scriptedFace(x: 80, y: 58)] },
            swapper: ScriptedSwapper { _ in Picture(width: 96, height: 96, red: 20, green: 200, blue: 20) },
            settings: settings)
    }

    /// The values passed to `announce`.
    private final class Said: @unchecked Sendable {
        private let lock = NSLock()
        private var sentences: [String] = []
        var all: [String] { lock.withLock { sentences } }
        func add(_ more: [String]) { lock.withLock { sentences += more } }
    }

    @Test(
        "a picture target gives a marked picture", arguments: ["png", "jpg", "webp", "tiff", "bmp"],
        ["png", "jpg"])
    func picture(output: String, input: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        guard output != "webp" || avcodec_find_encoder_by_name("libwebp") != nil else { return }
        let target = MemoryFrame.waves(0).pixels
        try PictureFile.write(target, to: file("target.\(input)"), quality: 100)
        let report = try converter.convert(target: file("target.\(input)"), output: file("out.\(output)"))
        #expect(report.frames == 1 && report.swapped == 1 && report.partsLeft == 0)
        let result = try PictureFile.read(file("out.\(output)"))
        #expect((result.width, result.height) == (target.width, target.height))
        // Green at the face, unchanged in the corner without a label.
        let middle = (58 * result.width + 80) * 3
        #expect(result.pixels[middle + 1] > 120 && result.pixels[middle] < 120)
        let (own, new) = (
            target.cropped(x: 0, y: 0, width: 30, height: 20),
            result.cropped(x: 0, y: 0, width: 30, height: 20)
        )
        let distance = zip(own.pixels, new.pixels).map { abs(Int($0) - Int($1)) }
        #expect(distance.reduce(0, +) / distance.count < 8)
        #expect(LabelDetector.score(result) >= LabelDetector.threshold)
    }

    @Test("the report and the metadata list undecodable frames")
    func missing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let info = VideoInfo(width: 160, height: 120, frameRate: Rational(25))
        let writer = try VideoWriter(file("target.mp4"), like: info)
        for index in 0..<30 {
            try writer.append(try VideoFrame(MemoryFrame.waves(index).pixels, index: index, like: info))
        }
        try writer.finish()
        try spoil(file("target.mp4"), packets: 20..<22)
        let report = try converter.convert(
            target: file("target.mp4"), output: file("out.mp4"), encoding: EncodingSettings(codec: .auto))
        #expect(report.frames == 28 && report.unreadable == 2)
        #expect(report.missing.reduce(0) { $0 + $1.count } == 2)
        let sentence = try #require(MissingFrames.sentence(report.missing))
        let metadata = try VideoReader(file("out.mp4")).metadata
        #expect(
            metadata["missingframes"] == sentence && sentence.hasPrefix("2 frames could not be decoded: "))
        let frames = try VideoReader(file("out.mp4"))
        var last = 0.0
        while let frame = try frames.next() { last = frame.time }
        #expect(abs(last - 29.0 / 25) < 0.002)
    }

    /// Corrupts packets so that the decoder rejects them.
    private func spoil(_ url: URL, packets: Range<Int>) throws {
        let input = try InputFile(url)
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        var (data, number) = (try Data(contentsOf: url), 0)
        while try input.read(into: next) {
            defer { number += 1 }
            guard packets.contains(number) else { continue }
            var place = Int(next.pointee.pos)
            let end = place + Int(next.pointee.size)
            while place + 4 < end {
                let length = data[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
                data[place + 4] = 30
                place += 4 + length
            }
        }
        try data.write(to: url)
    }

    @Test("differences are announced before the first frame; an unsupported output fails there")
    func announced() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var info = VideoInfo(width: 160, height: 120, frameRate: Rational(25), pixelFormat: "yuv422p10le")
        info.timecode = "10:00:00:00"
        let writer = try VideoWriter(file("target.mov"), like: info, settings: .init(codec: .prores))
        for index in 0..<3 {
            try writer.append(try VideoFrame(MemoryFrame.waves(index).pixels, index: index, like: info))
        }
        try writer.finish()
        let said = Said()
        let observer = ScriptedObserver { _ in
            if said.all.isEmpty { Issue.record("a frame was looked at before anything was said") }
            return []
        }
        let report = try Converter(observer: observer, swapper: ScriptedSwapper()).convert(
            target: file("target.mov"), output: file("out.mp4"), encoding: .init(codec: .auto),
            announce: said.add, allowsUnchanged: true)
        #expect(said.all.contains { $0.contains("the target is prores") })
        #expect(Set(report.notices).isSubset(of: said.all))
        let error = #expect(throws: MediaError.self) {
            try Converter.requirePossible(
                target: file("target.mov"), output: file("out.mp4"), encoding: .init(codec: .ffv1))
        }
        #expect(error?.code == .unsupportedOutput)
    }
}
