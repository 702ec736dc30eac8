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

    @Test("crops that are away stop a conversion before it begins, but not one without their detail")
    func away() throws {
        let crops = scratch.url.appending(path: "w/sets/a")
        try FileManager.default.moveItem(at: crops, to: scratch.url.appending(path: "away"))
        let away = try convert("away.mkv")
        #expect(away.status == 3, "\(away.errors)")
        #expect(away.errors.contains("is missing, which contains crops of the set 'a'"), "\(away.errors)")
        #expect(away.errors.contains("--source-detail 0"), "\(away.errors)")
        #expect(!FileManager.default.fileExists(atPath: scratch.path("away.mkv")))
        let off = try convert("off.mkv", ["--source-detail", "0"])
        #expect(off.status == 0 && !off.errors.contains("detail"), "\(off.errors)")
    }

    @Test(
        "the message names crops without a higher resolution than the network's output, and a sufficient size"
    )
    func coarse() throws {
        let video = Program.sample("performer-a.mp4")
        for arguments in [
            ["extract", video, "--set", "a", "--to", "0.5", "--size", "112", "--device", "cpu"]
        ] {
            let outcome = try Program.start(arguments + ["--workspace", scratch.path("w")]).finish()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let outcome = try convert("out.mkv")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("no higher resolution than the network's output"), "\(outcome.errors)")
        #expect(outcome.errors.contains("crop_size = 144"), "\(outcome.errors)")
    }

    @Test("a share beyond all is refused")
    func range() throws {
        let outcome = try convert("out.mkv", ["--source-detail", "2"])
        #expect(outcome.status == 2 && outcome.errors.contains("swapping.source_detail"), "\(outcome.errors)")
    }
}
