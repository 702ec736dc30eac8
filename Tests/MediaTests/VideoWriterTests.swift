import Files
import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Writing videos")
struct VideoWriterTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(
        "FFV1 is lossless in every pixel format",
        arguments: [
            "yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le", "gray", "gbrp10le",
            "yuva420p",
        ])
    func lossless(format: String) throws {
        var info = VideoInfo(width: 98, height: 61, frameRate: Rational(25), pixelFormat: format)
        if format.hasPrefix("gb") { info.colour = .unspecified }
        let written = try writeClip(scratch["a.mkv"], info: info, frames: 4, settings: .init(codec: .ffv1))
        let read = try allFrames(scratch["a.mkv"])
        #expect(read.count == 4 && read.allSatisfy { $0.pixelFormat == format })
        for (before, after) in zip(written, read) {
            #expect(try before.nativeSamples() == after.nativeSamples())
        }
    }

    @Test(
        "a region is replaced in every pixel format, and all other samples are unchanged",
        arguments: [
            "yuv420p", "yuv422p", "yuv444p", "yuv410p", "yuv420p10le", "p010le", "nv12", "gray", "gray10le",
            "rgb24",
            "bgra", "gbrp", "yuyv422", "yuva420p", "yuvj420p",
        ])
    func replacing(format: String) throws {
        var info = VideoInfo(width: 113, height: 87, frameRate: Rational(25), pixelFormat: format)
        if ["gray", "gray10le", "rgb24", "bgra", "gbrp"].contains(format) { info.colour = .unspecified }
        if format == "yuvj420p" { info.colour.range = .full }
        let frame = try VideoFrame(testPicture(0, width: 113, height: 87), index: 0, like: info)
        let old = try frame.picture()
        var patch = try frame.picture(x: 31, y: 23, width: 41, height: 33)
        for index in patch.pixels.indices where index / 3 % 41 >= 8 { patch.pixels[index] = 90 }
        let new = try frame.replacing(x: 31, y: 23, width: 41, height: 33, with: patch)
        let shown = try new.picture()
        var (changed, missed, spread) = (0, 0, 0)
        for row in 0..<87 {
            for column in 0..<113 {
                let index = (row * 113 + column) * 3
                let isNew = column >= 39 && column < 72 && row >= 23 && row < 56
                let isNear = column >= 27 && column < 84 && row >= 11 && row < 68
                for channel in 0..<3 {
                    let (now, before) = (Int(shown.pixels[index + channel]), Int(old.pixels[index + channel]))
                    if isNew {
                        changed += 1
                        if abs(now - 90) > 3 { missed += 1 }
                    } else if !isNear, now != before {
                        spread += 1
                    }
                }
            }
        }
        #expect(spread == 0)
        #expect(Double(missed) < Double(changed) * 0.25, "\(missed) of \(changed)")
        #expect(try frame.picture() == old)
    }

    @Test(
        "each codec in its containers",
        arguments: [
            (.h264, "mp4"), (.h264, "mov"), (.h264, "mkv"), (.hevc, "mp4"), (.hevc, "mkv"), (.prores, "mov"),
            (.prores, "mkv"), (.ffv1, "mkv"),
        ] as [(EncodingSettings.Codec, String)])
    func codecs(codec: EncodingSettings.Codec, container: String) throws {
        let info = VideoInfo(
            width: 128, height: 96, frameRate: Rational(30000, 1001), timeBase: Rational(1, 30000))
        let written = try writeClip(
            scratch["a." + container], info: info, frames: 12,
            settings: .init(codec: codec, preset: .ultrafast))
        let reader = try VideoReader(scratch["a." + container])
        #expect(reader.info.codec == codec.rawValue && (reader.info.width, reader.info.height) == (128, 96))
        #expect(abs(reader.info.frameRate.value - 30000 / 1001.0) < 0.02 && !reader.info.isVariableRate)
        #expect(reader.info.colour.matrix == 1 && reader.info.colour.primaries == 1)
        #expect(reader.info.colour.transfer == 1 && reader.info.colour.range != .full)
        let read = try allFrames(scratch["a." + container])
        #expect(read.count == 12)
        for (before, after) in zip(written, read) {
            // Matroska has milliseconds.
            #expect(abs(before.time - after.time) < (container == "mkv" ? 0.00051 : 1e-9))
            #expect(difference(try before.picture(), try after.picture()).mean < 2)
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["a." + container])
    }

    @Test("a variable frame rate is preserved, with B-frames", arguments: ["mp4", "mkv"])
    func variableRate(container: String) throws {
        let times = [0, 0.04, 0.05, 0.15, 0.2, 0.48, 0.5, 0.51, 0.9, 1.3, 1.301, 1.4]
        let info = VideoInfo(width: 64, height: 64, frameRate: Rational(10), timeBase: Rational(1, 1000))
        try writeClip(scratch["a." + container], info: info, frames: times.count, times: times)
        let read = try allFrames(scratch["a." + container])
        #expect(read.map { ($0.time * 1000).rounded() } == times.map { ($0 * 1000).rounded() })
        if container == "mp4" { #expect(try VideoReader(scratch["a.mp4"]).info.isVariableRate) }
        // Once more, from file to file.
        let reader = try VideoReader(scratch["a." + container])
        let writer = try VideoWriter(scratch["b.mp4"], like: reader.info)
        while let frame = try reader.next() { try writer.append(frame) }
        try writer.finish()
        #expect(try allFrames(scratch["b.mp4"]).map(\.time) == read.map(\.time))
    }

    @Test("odd sides", arguments: [EncodingSettings.Codec.h264, .hevc, .prores, .ffv1])
    func odd(codec: EncodingSettings.Codec) throws {
        let info = VideoInfo(width: 385, height: 217, frameRate: Rational(25))
        let url = scratch[codec == .prores ? "a.mov" : "a.mkv"]
        let writer = try VideoWriter(url, like: info, settings: .init(codec: codec, preset: .ultrafast))
        let picture = testPicture(0, width: 385, height: 217)
        try writer.append(try VideoFrame(picture, index: 0, like: info))
        try writer.finish()
        let frame = try #require(try VideoReader(url).next())
        let expected = codec == .ffv1 ? (385, 217) : codec == .prores ? (386, 217) : (386, 218)
        #expect((frame.width, frame.height) == expected)
        #expect(writer.notices.isEmpty == (codec == .ffv1))
        #expect(difference(try frame.picture(x: 0, y: 0, width: 385, height: 217), picture).mean < 2)
    }

    @Test("metadata with any key is preserved", arguments: ["mp4", "mov", "mkv"])
    func metadata(container: String) throws {
        let info = VideoInfo(width: 64, height: 64, frameRate: Rational(25))
        let tags = [
            "comment": "made by a machine — 合成", "digitalsourcetype": "compositeWithTrainedAlgorithmicMedia",
        ]
        try writeClip(scratch["a." + container], info: info, frames: 3, metadata: tags)
        let read = try VideoReader(scratch["a." + container]).metadata
        for (key, value) in tags { #expect(read[key] == value, "\(read)") }
    }

    @Test("RGB and gray are converted with the right colours", arguments: ["bgr0", "gray", "gbrp"])
    func unusual(format: String) throws {
        var info = VideoInfo(width: 96, height: 64, frameRate: Rational(25), pixelFormat: format)
        info.colour = .unspecified
        let written = try writeClip(scratch["a.mp4"], info: info, frames: 3)
        let read = try allFrames(scratch["a.mp4"])
        #expect(read[0].pixelFormat == "yuv420p")
        #expect(difference(try written[0].picture(), try read[0].picture()).mean < 2)
    }
}

@Suite("Writing fails")
struct VideoWriterFailureTests {
    let scratch: Scratch
    let info = VideoInfo(width: 64, height: 64, frameRate: Rational(25))

    init() throws { scratch = try Scratch() }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: scratch.folder.path)) ?? [] }

    @Test("where the output cannot be written, with an error that names it")
    func notWritable() throws {
        try Data().write(to: scratch["file"])
        for path in ["none/a.mp4", "file/a.mp4"] {
            let error = try #require(throws: FileError.self) {
                _ = try VideoWriter(scratch[path], like: info)
            }
            #expect(
                error.code == .notWritable && !error.isBadInput && error.message.contains("a.mp4"), "\(error)"
            )
        }
        #expect(files == ["file"])
    }

    @Test(
        "where container and codec do not fit",
        arguments: [("a.avi", .h264), ("a.mp4", .ffv1), ("a", .h264)] as [(String, EncodingSettings.Codec)])
    func unsupported(name: String, codec: EncodingSettings.Codec) throws {
        let error = try #require(
            mediaError { _ = try VideoWriter(scratch[name], like: info, settings: .init(codec: codec)) })
        #expect(error.code == .unsupportedOutput && error.message.contains(".mkv"), "\(error)")
        #expect(files.isEmpty)
    }

    @Test("on a full disk, with an error and nothing left behind")
    func diskFull() throws {
        // The temporary file is a link to /dev/full.
        try FileManager.default.createSymbolicLink(
            atPath: scratch[".a.mkv.full@\(TemporaryName.host).tmp"].path, withDestinationPath: "/dev/full")
        let error = try #require(throws: FileError.self) {
            try TemporaryName.$label.withValue("full") {
                try writeClip(scratch["a.mkv"], info: info, frames: 40, settings: .init(codec: .ffv1))
            }
        }
        #expect(
            error.code == .diskFull && error.message.contains("a.mkv") && error.message.contains("free"),
            "\(error)")
        #expect(files.isEmpty)
    }

    @Test("when cancelled, released or without frames, and leaves nothing; an earlier output stays")
    func cancelled() throws {
        try writeClip(scratch["a.mp4"], info: info, frames: 2)
        let before = try Data(contentsOf: scratch["a.mp4"])
        let frame = try VideoFrame(testPicture(0, width: 64, height: 64), index: 0, like: info)
        do {
            let writer = try VideoWriter(scratch["a.mp4"], like: info)
            try writer.append(frame)
            #expect(files.count == 2 && files.contains { $0.hasPrefix(".a.mp4.") && $0.hasSuffix(".tmp") })
            writer.cancel()
            #expect(files == ["a.mp4"])
            #expect(mediaError { try writer.append(frame) }?.code == .failed)
        }
        do {
            let writer = try VideoWriter(scratch["a.mp4"], like: info)
            try writer.append(frame)
        }
        #expect(mediaError { try VideoWriter(scratch["a.mp4"], like: info).finish() }?.code == .failed)
        #expect(files == ["a.mp4"])
        #expect(try Data(contentsOf: scratch["a.mp4"]) == before)
    }

    @Test("for a frame of another size")
    func wrongSize() throws {
        let writer = try VideoWriter(scratch["a.mp4"], like: info)
        let other = VideoInfo(width: 32, height: 64, frameRate: Rational(25))
        let frame = try VideoFrame(testPicture(0, width: 32, height: 64), index: 0, like: other)
        #expect(mediaError { try writer.append(frame) }?.code == .badRegion)
        #expect(files.isEmpty)
    }
}
