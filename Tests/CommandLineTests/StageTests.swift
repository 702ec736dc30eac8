import Foundation
import Testing

/// Stages as processes: interrupted, killed, resumed. Needs what the setup makes.
@Suite("Stages", .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct StageTests {
    private func arguments(_ scratch: Scratch) -> [String] {
        [
            "extract", Program.sample("target-c.mp4"), "--set", "c", "--workspace", scratch.path("w"),
            "--device",
            "cpu", "--json",
        ]
    }

    private func events(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test(
        "Ctrl-C ends a stage with 130; kill -9 loses little; the same command finishes, losing and doubling nothing"
    )
    func interrupted() throws {
        let scratch = try Scratch()
        let first = try Program.start(arguments(scratch))
        first.wait(for: "\"frame\":")
        usleep(100_000)
        kill(first.process.processIdentifier, SIGINT)
        let stopped = try first.finish()
        #expect(stopped.status == 130)
        #expect(stopped.errors.contains("stopping") && stopped.errors.contains("goes on from here"))

        let second = try Program.start(arguments(scratch))
        second.wait(for: "\"frame\":")
        usleep(100_000)
        kill(second.process.processIdentifier, SIGKILL)
        #expect(try second.finish().status == 128 + SIGKILL)

        let third = try Program.start(arguments(scratch)).finish()
        #expect(third.status == 0, "\(third.errors)")
        let last = try #require(try events(third.output).last)
        let values = try #require(last["values"] as? [String: Double])
        #expect(last["message"] as? String == "done" && values["faces"] == 250)
        #expect((values["frames"] ?? 250) < 250, "the third run looked at all frames again")

        let info = try Program.run("info", "--workspace", scratch.path("w"))
        #expect(info.status == 0 && info.output.contains("250 faces of 250 seen, 1 clip, packed"))
    }

    @Test("times and steps named once stay with the set; naming others looks again, and says so")
    func options() throws {
        let scratch = try Scratch()
        let command = [
            "extract", Program.sample("target-c.mp4"), "--set", "c", "--workspace", scratch.path("w"),
            "--device", "cpu",
        ]
        let first = try Program.start(command + ["--from", "0:01", "--to", "1.4", "--every", "2"]).finish()
        // Frames 26, 28, 30, 32 and 34 of 25 a second.
        #expect(first.status == 0 && first.output.contains("5 faces"), "\(first.errors)")
        let again = try Program.start(command).finish()
        #expect(again.output.contains("5 faces") && !again.output.contains("frames in"))
        let longer = try Program.start(command + ["--to", "1.5"]).finish()
        #expect(longer.output.contains("6 faces") && longer.errors.contains("analysed again"))
    }

    @Test("other videos than before are refused")
    func mismatch() throws {
        let scratch = try Scratch()
        let first = try Program.start(arguments(scratch))
        first.wait(for: "\"frame\":")
        kill(first.process.processIdentifier, SIGINT)
        _ = try first.finish()
        let other = try Program.run(
            "extract", Program.sample("performer-a.mp4"), "--set", "c", "--workspace", scratch.path("w"))
        #expect(other.status == 3)
        #expect(other.errors.contains("made from other videos: target-c.mp4"))
    }

    @Test("two processes do not work in one workspace")
    func locked() throws {
        let scratch = try Scratch()
        let first = try Program.start(arguments(scratch))
        first.wait(for: "\"frame\":")
        let second = try Program.run(
            "extract", Program.sample("target-c.mp4"), "--set", "d", "--workspace", scratch.path("w"))
        kill(first.process.processIdentifier, SIGTERM)
        #expect(try first.finish().status == 130)
        #expect(second.status == 1 && second.errors.contains("another dimorph"))
    }

    @Test("info tells about a video and about the installation, for people and programs")
    func info() throws {
        let video = try Program.run("info", Program.sample("target-c.mp4"), "--json")
        let facts = try #require(try events(video.output).first as? [String: String])
        #expect(
            facts["frames"] == "250" && facts["sound"] != "none"
                && facts["picture"]?.hasPrefix("384×384") == true)
        let own = try Program.run("info")
        #expect(own.status == 0 && own.output.contains("version") && own.output.contains("device"))
    }
}
