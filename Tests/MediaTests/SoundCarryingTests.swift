import CFFmpeg
import Foundation
import Testing

@testable import Media

/// Sound that a container does not support is encoded, synchronised; late failures are detected at the start.
@Suite("Sound in any container")
struct SoundCarryingTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    struct Case: CustomTestStringConvertible, Sendable {
        let clip: SoundingClip
        let input: String
        let output: String
        /// The output's codec.
        let codec: String
        var testDescription: String { "\(clip.codec) \(clip.rate) \(clip.layout) \(input) → \(output)" }
    }

    static let cases = [
        Case(clip: .init(), input: "mov", output: "mp4", codec: "aac"),
        Case(clip: .init(), input: "mov", output: "mov", codec: "pcm_s16le"),
        Case(clip: .init(codec: "pcm_s24le", rate: 96_000), input: "mov", output: "mp4", codec: "aac"),
        Case(
            clip: .init(codec: "pcm_s16le", rate: 8_000, layout: "mono"), input: "mov", output: "mp4",
            codec: "aac"),
        Case(clip: .init(layout: "7.1"), input: "mov", output: "mp4", codec: "aac"),
        Case(clip: .init(codec: "wmav2", rate: 44_100), input: "mkv", output: "mp4", codec: "aac"),
        Case(clip: .init(codec: "wmav2", rate: 44_100), input: "mkv", output: "mov", codec: "aac"),
        Case(clip: .init(codec: "flac"), input: "mkv", output: "mp4", codec: "aac"),
        Case(clip: .init(codec: "flac"), input: "mkv", output: "mov", codec: "aac"),
        Case(clip: .init(codec: "flac"), input: "mkv", output: "mkv", codec: "flac"),
        Case(clip: .init(codec: "libopus"), input: "mkv", output: "mov", codec: "aac"),
        Case(clip: .init(codec: "libopus"), input: "mkv", output: "mp4", codec: "opus"),
        Case(clip: .init(codec: "aac"), input: "mkv", output: "mp4", codec: "aac"),
        Case(clip: .init(start: 0.3), input: "mov", output: "mp4", codec: "aac"),
        Case(clip: .init(codec: "flac", start: 0.7), input: "mkv", output: "mp4", codec: "aac"),
        Case(clip: .init(tracks: 2), input: "mov", output: "mp4", codec: "aac"),
    ].filter { avcodec_find_encoder_by_name($0.clip.codec) != nil }

    @Test("stays synchronised, and changes are reported beforehand", arguments: cases)
    func kept(_ test: Case) throws {
        let source = try test.clip.write("in.\(test.input)", in: scratch)
        let url = scratch["out.\(test.output)"]
        let (before, after, _) = try convert(source, to: url)
        #expect(before == after)
        let own = try VideoReader(source).info.audioCodecs[0]
        let isCopied = test.codec == own
        #expect(
            before.contains { $0.contains("is encoded to AAC, because .\(test.output) cannot carry it") }
                == !isCopied)
        #expect(
            try VideoReader(url).info.audioCodecs == Array(repeating: test.codec, count: test.clip.tracks))
        for track in 0..<test.clip.tracks {
            let (then, now) = (
                try #require(try click(in: source, track: track)),
                try #require(try click(in: url, track: track))
            )
            // A quarter of a frame.
            #expect(abs(now - then) < 0.01, "\(then) → \(now)")
        }
        let seconds = try heard(url).samples.count
        #expect(abs(Double(seconds) / 48_000 - test.clip.seconds) < 0.05)
    }

    @Test("with a rate or layout that AAC does not support is reported as changed")
    func changes() throws {
        let source = try SoundingClip(codec: "pcm_s24le", rate: 96_000).write("a.mov", in: scratch)
        let (before, _, _) = try convert(source, to: scratch["a.mp4"])
        #expect(before.contains { $0.hasSuffix("; 96 kHz become 48 kHz") })
    }

    @Test("--sound decides", arguments: SoundChoice.allCases)
    func choice(_ choice: SoundChoice) throws {
        let source = try SoundingClip().write("a.mov", in: scratch)
        let settings = EncodingSettings(codec: .auto, preset: .ultrafast, sound: choice)
        let url = scratch["a.mp4"]
        let codecs: [SoundChoice: [String]] = [
            .auto: ["aac"], .aac: ["aac"], .opus: ["opus"], .flac: ["flac"], .none: [],
        ]
        if choice == .opus, avcodec_find_encoder_by_name("libopus") == nil { return }
        guard let expected = codecs[choice] else {
            // Before anything is encoded, with a remedy.
            let error = try #require(
                mediaError {
                    try VideoJoiner([], like: VideoReader(source).info)
                        .requirePossible(to: url, settings: settings, tracksFrom: source)
                })
            #expect(error.code == .unsupportedOutput && error.message.contains("leave --sound copy out"))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).allSatisfy {
                    !$0.hasSuffix("mp4")
                })
            return
        }
        try convert(source, to: url, settings: settings)
        #expect(try VideoReader(url).info.audioCodecs == expected)
        if !expected.isEmpty { #expect(abs(try #require(try click(in: url)) - 0.5) < 0.01) }
    }

    @Test("a trial finds what the container rejects, and leaves nothing behind")
    func trial() throws {
        let source = try SoundingClip(codec: "pcm_s16le").write("a.mov", in: scratch)
        let settings = EncodingSettings(codec: .auto, sound: .opus)
        guard avcodec_find_encoder_by_name("libopus") != nil else { return }
        let error = try #require(
            mediaError {
                try VideoJoiner([], like: VideoReader(source).info)
                    .requirePossible(to: scratch["a2.mov"], settings: settings, tracksFrom: source)
            })
        #expect(error.isBadInput && error.message.contains("choose another --sound"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).allSatisfy {
                !$0.contains("a2")
            })
    }

    @Test("of a part is cut to that part also when it is encoded")
    func part() throws {
        let source = try SoundingClip(seconds: 3, expression: "if(gt(t,1.5),sin(2*PI*500*t),0)").write(
            "a.mov", in: scratch)
        let reader = try VideoReader(source)
        let writer = try VideoWriter(
            scratch["a.mp4"], like: reader.info, settings: .init(preset: .ultrafast), tracksFrom: source)
        try reader.seek(to: 1)
        for _ in 0..<25 { try writer.append(try #require(try reader.next())) }
        try writer.finish()
        let (_, samples) = try heard(scratch["a.mp4"])
        #expect(abs(Double(samples.count) / 48_000 - 1) < 0.06)
        #expect(abs(try #require(try click(in: scratch["a.mp4"])) - 0.5) < 0.03)
    }

    @Test("that ends early, as in an interrupted recording, loses no video")
    func truncated() throws {
        var clip = SoundingClip()
        clip.seconds = 2
        let source = try clip.write("a.mov", in: scratch)
        // Noise over the last third, where the sound is in a file that is not interleaved.
        var data = try Data(contentsOf: source)
        for place in data.count * 2 / 3..<data.count * 5 / 6 {
            data[place] = UInt8(truncatingIfNeeded: place &* 37)
        }
        try data.write(to: scratch["b.mov"])
        try convert(scratch["b.mov"], to: scratch["b.mp4"])
        let frames = try allFrames(scratch["b.mp4"]).count
        #expect(try frames == allFrames(scratch["b.mov"]).count && frames > 40)
        #expect(try VideoReader(scratch["b.mp4"]).info.audioCodecs == ["aac"])
    }
}
