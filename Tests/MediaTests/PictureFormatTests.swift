import CFFmpeg
import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Picture formats")
struct PictureFormatTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(
        "every format is written, and read both as a picture and as a video of one frame",
        arguments: PictureFile.Format.allCases)
    func all(_ format: PictureFile.Format) throws {
        guard format != .webp || avcodec_find_encoder_by_name("libwebp") != nil else { return }
        let picture = testPicture(3, width: 64, height: 48)
        for ending in format.extensions {
            let url = scratch["a.\(ending)"]
            try PictureFile.write(picture, to: url)
            #expect(PictureFile.isPicture(url) && PictureFile.isPicture(contentsOf: url))
            #expect(try difference(PictureFile.read(url), picture).mean < 3)
            let reader = try VideoReader(url)
            let frame = try #require(try reader.next())
            #expect(try difference(frame.picture(), picture).mean < 3)
            #expect(try reader.next() == nil && reader.unreadable.isEmpty)
            // Recognised by content, whatever its name.
            let misnamed = scratch["b.mp4"]
            try? FileManager.default.removeItem(at: misnamed)
            try FileManager.default.copyItem(at: url, to: misnamed)
            #expect(PictureFile.isPicture(contentsOf: misnamed))
            #expect(try difference(#require(try VideoReader(misnamed).next()).picture(), picture).mean < 3)
        }
    }

    @Test("a JPEG is upright by its EXIF data, as a frame too")
    func orientation() throws {
        let picture = testPicture(1, width: 64, height: 48)
        var bytes = try PictureFile.encode(picture, as: .jpeg)
        // TIFF header with one entry: 0x0112 (orientation), a short, 6: rotated clockwise.
        let tiff: [UInt8] =
            Array("MM".utf8) + [
                0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
            ]
        let content = Array("Exif".utf8) + [0, 0] + tiff
        let length = content.count + 2
        bytes.insert(contentsOf: [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + content, at: 2)
        try Data(bytes).write(to: scratch["a.jpg"])
        let read = try PictureFile.read(scratch["a.jpg"])
        #expect((read.width, read.height) == (48, 64))
        let frame = try #require(try VideoReader(scratch["a.jpg"]).next())
        #expect((frame.width, frame.height) == (48, 64))
        #expect(try difference(frame.picture(), read).mean < 2)
    }

    @Test("an animated WebP is reported as unsupported, by both readers")
    func animated() throws {
        var bytes =
            Array("RIFF".utf8) + [60, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 0x02, 0, 0, 0]
        bytes += [63, 0, 0, 47, 0, 0] + [UInt8](repeating: 0, count: 40)
        try Data(bytes).write(to: scratch["a.webp"])
        for read in [{ _ = try PictureFile.read($0) }, { _ = try VideoReader($0) }] as [(URL) throws -> Void]
        {
            let error = try #require(mediaError { try read(scratch["a.webp"]) })
            #expect(error.isBadInput && error.message.contains("animated WebP, which is not supported"))
        }
    }

    @Test("bit depth and transparency are kept if the format supports them, otherwise reported")
    func differences() {
        var info = VideoInfo(width: 8, height: 8, frameRate: Rational(25), pixelFormat: "rgba64be")
        #expect(PictureFile.differences(info, as: scratch["a.png"]).isEmpty)
        #expect(PictureFile.differences(info, as: scratch["a.jpg"]).count == 2)
        info.pixelFormat = "rgb24"
        info.bitDepth = 8
        #expect(PictureFile.differences(info, as: scratch["a.jpg"]).isEmpty)
    }
}
