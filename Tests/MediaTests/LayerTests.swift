import Foundation
import Media
import Pictures
import Testing

@Suite("Layers and picture sequences")
struct LayerTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("layers-\(UUID().uuidString)")

    private func frame(_ format: String = "yuv420p") throws -> VideoFrame {
        let info = VideoInfo(
            width: 32, height: 24, frameRate: Rational(25), pixelFormat: format)
        return try VideoFrame(
            Picture(width: 32, height: 24, red: 200, green: 100, blue: 50), index: 3, like: info)
    }

    @Test("a transparent frame keeps a picture and its alpha, through FFV1 and into a PNG")
    func transparent() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let own = try frame()
        var layer = try own.blank(.transparent)
        #expect(layer.time == own.time && layer.width == 32 && layer.height == 24)
        layer = try layer.replacing(
            x: 8, y: 6, width: 8, height: 8, with: Picture(width: 8, height: 8, red: 250, green: 20, blue: 90)
        )
        layer = try layer.withAlpha(Plane(width: 8, height: 4, repeating: 0.5), x: 8, y: 6)
        // A second face beside it leaves the first one unchanged.
        let second = try layer.withAlpha(Plane(width: 8, height: 8), x: 10, y: 6)
        #expect(try second.nativeSamples()[3] == layer.nativeSamples()[3])
        #expect(try second.nativeSamples()[3].contains(128))
        let info = VideoInfo(width: 32, height: 24, frameRate: Rational(25)).holding(.transparent)
        let url = folder.appendingPathComponent("layer.mkv")
        let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
        try writer.append(layer)
        try writer.finish()
        let read = try #require(try VideoReader(url).next())
        let sequence = try #require(PictureSequence(folder.appendingPathComponent("p%04d.png")))
        try sequence.write(read, number: 12)
        #expect(sequence.file(12).lastPathComponent == "p0012.png")
        let bytes = [UInt8](try Data(contentsOf: sequence.file(12)))
        // In PNG's header: bit depth 8, colour type RGBA.
        #expect(bytes[24] == 8 && bytes[25] == 6)
        let picture = try PictureFile.read(sequence.file(12))
        let inside = (8 * 32 + 10) * 3
        #expect(Array(picture.pixels[inside..<inside + 3]) == [250, 20, 90])
        #expect(picture.pixels.prefix(3) == [0, 0, 0])
        #expect(throws: MediaError.self) {
            try layer.withAlpha(Plane(width: 8, height: 4), x: 30, y: 0)
        }
    }

    @Test("a frame without alpha is unchanged; a 10-bit frame becomes 16-bit pictures")
    func depth() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let plain = try frame()
        #expect(
            try plain.withAlpha(Plane(width: 8, height: 4), x: 0, y: 0).nativeSamples()
                == plain.nativeSamples())
        let sequence = try #require(PictureSequence(folder.appendingPathComponent("%d.png")))
        try sequence.write(frame("yuv444p10le"), number: 0)
        let bytes = [UInt8](try Data(contentsOf: sequence.file(0)))
        #expect(bytes[24] == 16 && bytes[25] == 2)
    }

    @Test(
        "a picture drawn into a 10-bit frame is dithered: no 8-bit banding, and nothing outside changes"
    )
    func dither() throws {
        let frame = try frame("yuv420p10le")
        let ramp = Picture(
            width: 16, height: 16,
            pixels: (0..<256).flatMap { [UInt8](repeating: UInt8(100 + $0 % 16 / 8), count: 3) })
        let changed = try frame.replacing(x: 8, y: 4, width: 16, height: 16, with: ramp)
        func luma(_ frame: VideoFrame, _ x: Int, _ y: Int) throws -> Int {
            let plane = try frame.nativeSamples()[0]
            return Int(plane[(y * 32 + x) * 2]) | Int(plane[(y * 32 + x) * 2 + 1]) << 8
        }
        func samples(_ columns: Range<Int>) throws -> [Int] {
            try columns.flatMap { x in try (4..<20).map { try luma(changed, x, $0) } }
        }
        let (left, right) = (try samples(8..<16), try samples(16..<24))
        #expect(Set(left).count == 4 && Set(right).count == 4)
        func mean(_ values: [Int]) -> Double { Double(values.reduce(0, +)) / Double(values.count) }
        // One 8-bit step of full-range grey is 3.4 of 10-bit limited range.
        #expect(abs(mean(right) - mean(left) - 3.4) < 1)
        #expect(
            try luma(changed, 7, 10) == luma(frame, 7, 10) && luma(changed, 24, 10) == luma(frame, 24, 10))
        let again = try frame.replacing(x: 8, y: 4, width: 16, height: 16, with: ramp)
        #expect(try again.nativeSamples() == changed.nativeSamples())
    }

    @Test("the pixel format can be chosen; an unsupported one is rejected with the supported ones")
    func pixelFormat() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let info = VideoInfo(width: 32, height: 24, frameRate: Rational(25))
        let url = folder.appendingPathComponent("video.mkv")
        let writer = try VideoWriter(
            url, like: info, settings: EncodingSettings(codec: .h264, pixelFormat: "yuv422p10le"))
        try writer.append(frame())
        try writer.finish()
        #expect(try VideoReader(url).info.pixelFormat == "yuv422p10le")
        let error = #expect(throws: MediaError.self) {
            try VideoWriter(
                folder.appendingPathComponent("other.mkv"), like: info,
                settings: EncodingSettings(codec: .h264, pixelFormat: "rgb48be"))
        }
        #expect(error?.message.contains("cannot hold pixels of rgb48be; it takes") == true)
        #expect(error?.message.contains("yuv444p10le") == true)
    }

    @Test(
        "names that are patterns, and names that are not",
        arguments: [
            ("a/%05d.png", "00007.png"), ("a/x-%d.PNG", "x-7.PNG"), ("a/%3d.png", "007.png"),
            ("a/x.png", nil),
            ("a/%d.mp4", nil), ("a/%d%d.png", nil), ("a/%s.png", nil),
        ] as [(String, String?)])
    func patterns(_ name: String, _ seventh: String?) {
        #expect(PictureSequence(URL(fileURLWithPath: name))?.file(7).lastPathComponent == seventh)
    }
}
