import CFFmpeg
import Foundation
import Testing

@testable import Media

/// A target's codec, HDR metadata, timecode and transparency are kept, or their loss is reported.
@Suite("Preserved formats")
struct KeptFormatTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    static let hasHEVC = avcodec_find_encoder_by_name("libx265") != nil
    private let hdr = HDRMetadata(
        masteringDisplay: "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)",
        lightLevel: .init(maximum: 1000, frameAverage: 400))

    private func tag(_ url: URL) throws -> String {
        let file = try InputFile(url)
        let number = try withExtendedLifetime(file) {
            try #require(file.streams.first).pointee.codecpar.pointee.codec_tag
        }
        return String(decoding: (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }, as: UTF8.self)
    }

    @Test(
        "HEVC with its mastering display and light levels", .enabled(if: hasHEVC),
        arguments: ["mp4", "mov", "mkv"])
    func hevc(container: String) throws {
        var info = VideoInfo(width: 64, height: 48, frameRate: Rational(25), pixelFormat: "yuv420p10le")
        info.colour = ColourTags(range: .limited, primaries: 9, transfer: 16, matrix: 9, chromaLocation: 1)
        info.hdr = hdr
        let source = scratch["a.\(container)"]
        try writeClip(source, info: info, frames: 10, settings: .init(codec: .hevc, preset: .ultrafast))
        #expect(try VideoReader(source).info.hdr == hdr)
        let url = scratch["b.\(container)"]
        let (before, _, _) = try convert(source, to: url)
        #expect(before.isEmpty)
        let after = try VideoReader(url).info
        #expect(after.codec == "hevc" && after.hdr == hdr && after.bitDepth == 10)
        #expect(after.colour.transfer == 16 && after.colour.primaries == 9)
        if container != "mkv" { #expect(try tag(url) == "hvc1") }
    }

    @Test("the codec follows the target's, with a notice if it changes")
    func families() throws {
        let info = VideoInfo(width: 64, height: 48, frameRate: Rational(25), pixelFormat: "yuv422p10le")
        try writeClip(scratch["a.mov"], info: info, frames: 3, settings: .init(codec: .prores))
        try convert(scratch["a.mov"], to: scratch["same.mov"])
        #expect(try VideoReader(scratch["same.mov"]).info.codec == "prores")
        let (before, _, _) = try convert(scratch["a.mov"], to: scratch["other.mp4"])
        let other = try VideoReader(scratch["other.mp4"]).info
        #expect(other.codec == (Self.hasHEVC ? "hevc" : "h264"))
        #expect(before.contains { $0.contains("the target is prores, which .mp4 does not support") })
        let plain = VideoInfo(width: 64, height: 48, frameRate: Rational(25))
        try writeClip(scratch["a.mp4"], info: plain, frames: 3)
        let (said, _, _) = try convert(scratch["a.mp4"], to: scratch["b.mp4"])
        #expect(said.isEmpty)
        #expect(try VideoReader(scratch["b.mp4"]).info.codec == "h264")
    }

    @Test("an explicit codec is used without a notice")
    func named() throws {
        let info = VideoInfo(width: 64, height: 48, frameRate: Rational(25), pixelFormat: "yuv422p10le")
        try writeClip(scratch["a.mov"], info: info, frames: 3, settings: .init(codec: .prores))
        let settings = EncodingSettings(codec: .h264, preset: .ultrafast)
        let (before, _, _) = try convert(scratch["a.mov"], to: scratch["b.mp4"], settings: settings)
        #expect(try VideoReader(scratch["b.mp4"]).info.codec == "h264")
        #expect(!before.contains { $0.contains("prores") })
    }

    @Test("timecode", arguments: ["mov", "mp4", "mkv"])
    func timecode(container: String) throws {
        var info = VideoInfo(width: 64, height: 48, frameRate: Rational(25))
        info.timecode = "10:00:00:00"
        try writeClip(scratch["a.mov"], info: info, frames: 5)
        #expect(try VideoReader(scratch["a.mov"]).info.timecode == "10:00:00:00")
        let url = scratch["b.\(container)"]
        let (before, _, _) = try convert(scratch["a.mov"], to: url)
        #expect(before.isEmpty)
        #expect(try VideoReader(url).info.timecode == "10:00:00:00")
    }

    @Test("timecode at an unsupported frame rate is reported as lost")
    func lostTimecode() throws {
        var info = VideoInfo(width: 64, height: 48, frameRate: Rational(25))
        info.lostTimecode = "10:00:00:00"
        let notices = try VideoJoiner([], like: info).requirePossible(to: scratch["a.mov"], settings: .init())
        #expect(notices.contains { $0.contains("timecode (10:00:00:00)") })
    }

    /// A clip with a font, a cover picture and a data track besides its video.
    private func furnished() throws -> URL {
        let plain = scratch["plain.mkv"]
        try writeClip(plain, info: VideoInfo(width: 64, height: 48, frameRate: Rational(25)), frames: 10)
        let input = try InputFile(plain)
        let output = try OutputFile(scratch["furnished.mkv"])
        let (from, video) = (try #require(input.streams.first), try output.addStream())
        try check(avcodec_parameters_copy(video.pointee.codecpar, from.pointee.codecpar))
        video.pointee.codecpar.pointee.codec_tag = 0
        video.pointee.time_base = from.pointee.time_base
        let picture = try PictureFile.encode(testPicture(0, width: 32, height: 32), as: .jpeg)
        for (name, type, codec, bytes) in [
            ("letters.ttf", "application/x-truetype-font", AV_CODEC_ID_TTF, Array("a font".utf8)),
            ("cover.jpg", "image/jpeg", AV_CODEC_ID_MJPEG, picture),
        ] {
            let stream = try output.addStream()
            let parameters = try #require(stream.pointee.codecpar)
            parameters.pointee.codec_type = AVMEDIA_TYPE_ATTACHMENT
            parameters.pointee.codec_id = codec
            let copy = try #require(
                av_mallocz(bytes.count + 64)?.bindMemory(to: UInt8.self, capacity: bytes.count))
            copy.update(from: bytes, count: bytes.count)
            (parameters.pointee.extradata, parameters.pointee.extradata_size) = (copy, Int32(bytes.count))
            av_dict_set(&stream.pointee.metadata, "filename", name, 0)
            av_dict_set(&stream.pointee.metadata, "mimetype", type, 0)
        }
        try output.begin(metadata: [:])
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try #require(packet)
        while try input.read(into: next) {
            next.pointee.stream_index = video.pointee.index
            try output.write(next, from: Rational(from.pointee.time_base))
        }
        try output.finish()
        return scratch["furnished.mkv"]
    }

    private func kinds(_ url: URL) throws -> [String] {
        let file = try InputFile(url)
        return withExtendedLifetime(file) {
            file.streams.map { stream in
                if stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0 { return "cover" }
                return switch stream.pointee.codecpar.pointee.codec_type {
                case AVMEDIA_TYPE_ATTACHMENT: "file"
                case AVMEDIA_TYPE_VIDEO: "video"
                default: "other"
                }
            }
        }
    }

    @Test("attached fonts and covers are kept in MKV; those that MP4 does not support are reported")
    func attachments() throws {
        let source = try furnished()
        #expect(try kinds(source).sorted() == ["cover", "file", "video"])
        let (silent, _, _) = try convert(source, to: scratch["b.mkv"])
        #expect(silent.isEmpty)
        #expect(try kinds(scratch["b.mkv"]).sorted() == ["cover", "file", "video"])
        let (before, _, _) = try convert(source, to: scratch["b.mp4"])
        #expect(try kinds(scratch["b.mp4"]) == ["video"])
        #expect(before.contains { $0.contains("the cover picture of furnished.mkv (mjpeg) is left out") })
        #expect(before.contains { $0.contains("the attached file letters.ttf of furnished.mkv is left out") })
    }
}
