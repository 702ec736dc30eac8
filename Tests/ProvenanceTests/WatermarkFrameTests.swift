import Foundation
import Media
import Pictures
import Provenance
import Testing

/// The watermark on video frames in their native pixel formats.
@Suite("Watermark on frames")
struct WatermarkFrameTests {
    private let id: UInt32 = 77

    @Test(
        "is embedded in luma in the frame's own format; chroma stays bit-exact",
        arguments: [
            "yuv420p", "yuvj420p", "yuv420p10le", "yuv422p12le", "gray", "nv12", "yuyv422", "p010le", "rgb24",
            "gbrp",
            "gbrp10le", "yuva444p",
        ])
    func formats(_ name: String) throws {
        var info = VideoInfo(width: 256, height: 192, frameRate: Rational(25), pixelFormat: name)
        if name.contains("gb") || name == "gray" || name == "yuvj420p" { info.colour.range = .full }
        let picture = TestLuma(width: 256, height: 192).plane.picture(range: 0...255)
        let frame = try VideoFrame(picture, index: 0, like: info)
        let mark = try #require(WatermarkEmbedder(id: id, width: 256, height: 192))
        let before = try frame.nativeSamples()
        let marked = try frame.changingLuma(mark.mark)
        #expect(marked.pixelFormat == name)
        #expect(try frame.nativeSamples() == before, "the frame itself does not change")
        var detector = WatermarkDetector()
        detector.add(try marked.luma())
        #expect(detector.find()?.id == id)
        #expect(try psnr(frame.luma(), marked.luma()) >= 41)
        if name.hasPrefix("yuv4") || name == "nv12" {
            #expect(try marked.nativeSamples().dropFirst() == before.dropFirst())
        }
    }

    private static let clip: URL? = {
        let folder =
            ProcessInfo.processInfo.environment["DIMORPH_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "../../../shared")
        let file = folder.appendingPathComponent("data/asl/help.mkv").standardizedFileURL
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }()

    @Test(
        "is detected in a real clip after cropping and downscaling",
        .enabled(if: clip != nil, "needs ../shared/data"))
    func realClip() throws {
        let reader = try VideoReader(#require(Self.clip))
        let mark = try #require(
            WatermarkEmbedder(id: id, width: reader.info.width, height: reader.info.height))
        var (marked, plain) = (WatermarkDetector(), WatermarkDetector())
        while marked.frames < 12, let frame = try reader.next() {
            let luma = try frame.changingLuma(mark.mark).luma()
            #expect(try psnr(frame.luma(), luma) >= 42)
            marked.add(luma.seen(width: 410, height: 308, scale: 0.8))
            plain.add(try frame.luma())
        }
        #expect(marked.find()?.id == id)
        #expect(plain.find() == nil)
    }

    @Test("is detected after cropping, downscaling by two and H.264 at CRF 28")
    func pressed() throws {
        let sample = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Samples/target-c.mp4").standardizedFileURL
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).mkv")
        defer { try? FileManager.default.removeItem(at: file) }
        let reader = try VideoReader(sample)
        let mark = try #require(WatermarkEmbedder(id: id, width: 384, height: 384))
        let small = VideoInfo(width: 152, height: 152, frameRate: Rational(25), pixelFormat: "yuv420p")
        let writer = try VideoWriter(file, like: small, settings: EncodingSettings(quality: 28))
        for number in 0..<120 {
            let frame = try #require(try reader.next())
            let picture = try frame.changingLuma(mark.mark).picture()
                .cropped(x: 49, y: 26, width: 304, height: 304).resized(width: 152, height: 152)
            try writer.append(try VideoFrame(picture, index: number, like: small))
        }
        try writer.finish()
        var detector = WatermarkDetector()
        let again = try VideoReader(file)
        while let frame = try again.next() { detector.add(try frame.luma()) }
        let found = try #require(detector.find())
        #expect(found.id == id)
        #expect(abs(found.pose.cellsAcross / (80 * 304 / 384) - 1) < 0.02)
    }
}
