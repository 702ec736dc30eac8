import Foundation
import Media
import Testing

/// Detail from the source's own frames, as a person meets it. Needs what the setup makes.
@Suite(
    "Detail of the source's frames, on the command line", .serialized,
    .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct SourceDetailTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try TrainedWorkspace.copy(to: scratch.path("w"))
        try TrainedWorkspace.clip("target-c.mp4", frames: 3, to: scratch.url.appending(path: "target.mp4"))
    }

    private func convert(_ output: String, _ more: [String] = []) throws -> Program.Outcome {
        try Program.start(
            [
                "convert", "--target", scratch.path("target.mp4"), "--output", scratch.path(output),
                "--workspace", scratch.path("w"), "--layer", "face", "--codec", "ffv1",
            ] + more
        ).finish()
    }

    /// Mean difference of two videos' pixels, in levels.
    private func difference(_ one: String, _ other: String) throws -> Double {
        func pixels(_ name: String) throws -> [UInt8] {
            let reader = try VideoReader(scratch.url.appending(path: name))
            var pixels: [UInt8] = []
            while let frame = try reader.next() { pixels += try frame.picture().pixels }
            return pixels
        }
        let (a, b) = (try pixels(one), try pixels(other))
        #expect(a.count == b.count && !a.isEmpty)
        return zip(a, b).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(max(1, a.count))
    }

    @Test("is taken by default, left off by 0, and its absence is said while the video is made all the same")
    func option() throws {
        for (name, more) in [
            ("none.mkv", ["--source-detail", "0"]), ("again.mkv", ["--source-detail", "0"]), ("all.mkv", []),
        ] {
            let outcome = try convert(name, more)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!outcome.errors.contains("fine detail"), "\(outcome.errors)")
        }
        // Two runs differ by their watermarks alone.
        #expect(try difference("all.mkv", "none.mkv") > 2 * difference("again.mkv", "none.mkv"))

        let crops = scratch.url.appending(path: "w/sets/a")
        try FileManager.default.moveItem(at: crops, to: scratch.url.appending(path: "away"))
        let away = try convert("away.mkv")
        #expect(away.status == 0, "\(away.errors)")
        #expect(away.errors.contains("drawn without the fine detail of frames of 'a'"), "\(away.errors)")
        #expect(away.errors.contains("is missing, which holds crops"), "\(away.errors)")
        let off = try convert("off.mkv", ["--source-detail", "0"])
        #expect(off.status == 0 && !off.errors.contains("fine detail"), "\(off.errors)")
    }

    @Test("a share beyond all is refused")
    func range() throws {
        let outcome = try convert("out.mkv", ["--source-detail", "2"])
        #expect(outcome.status == 2 && outcome.errors.contains("swapping.source_detail"), "\(outcome.errors)")
    }
}
