import Foundation
import Testing

/// Output that cannot be written, and readers and terminals that go away: the work goes on or is saved, and nothing ends by
/// a signal of its own making.
@Suite("Output that cannot be written", .enabled(if: Program.isSetUp))
struct UnwritableOutputTests {
    /// Runs the program in a line of the shell, in which it is `"$@"`. The line is to write the program's exit code to
    /// standard error where a pipe would hide it.
    private func shell(_ line: String, _ arguments: [String]) throws -> Program.Outcome {
        let program = try #require(Program.executable)
        return try Program.start(
            ["-c", line, "sh", program.path] + arguments, program: URL(filePath: "/bin/sh")
        ).finish()
    }

    private func extract(_ scratch: Scratch, _ more: String...) -> [String] {
        [
            "extract", Program.sample("target-c.mp4"), "--set", "c", "--workspace", scratch.path("w"),
            "--device", "cpu", "--to", "0.4",
        ] + more
    }

    private func expectWhole(_ scratch: Scratch) throws {
        let info = try Program.run("info", "--workspace", scratch.path("w"))
        #expect(info.output.contains("10 faces of 10 seen, 1 clip, packed"), "\(info.output)")
    }

    private func count(_ words: String, in text: String) -> Int {
        text.components(separatedBy: words).count - 1
    }

    @Test("a command whose product is its text fails with 1 on a full disk, and says so once")
    func text() throws {
        for arguments in [
            ["--help"], ["--version"], ["models", "--resolution", "96"], ["models", "--json"],
            ["info", Program.sample("target-c.mp4"), "--json"], ["help", "train"],
        ] {
            let outcome = try shell("\"$@\" > /dev/full", arguments)
            #expect(outcome.status == 1, "\(arguments): \(outcome.errors)")
            #expect(count("standard output cannot be written (No space left", in: outcome.errors) == 1)
        }
    }

    @Test("a reader that has read enough is no failure of such a command")
    func enough() throws {
        for arguments in [["--help"], ["models"], ["models", "--json"]] {
            // The reader has ended before the first line comes.
            let outcome = try shell("{ sleep 0.2; \"$@\"; echo \"code $?\" >&2; } | true", arguments)
            #expect(outcome.errors == "code 0\n", "\(arguments): \(outcome.errors)")
        }
    }

    @Test(
        "work goes on to its end without standard output, and the loss is said once",
        arguments: [
            ("> /dev/full", "No space left on device"),
            // The number belongs to the runtime by then: whatever the reason, nothing of it is a file of ours.
            (">&-", ""),
            ("--json > /dev/full", "No space left on device"),
        ])
    func work(redirection: String, reason: String) throws {
        let scratch = try Scratch()
        let outcome = try shell("\"$@\" \(redirection)", extract(scratch))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(count("standard output cannot be written (\(reason)", in: outcome.errors) == 1)
        try expectWhole(scratch)
    }

    @Test("and when the reader of its events ends early")
    func pipe() throws {
        let scratch = try Scratch()
        let outcome = try shell("{ \"$@\"; echo \"code $?\" >&2; } | head -n 1", extract(scratch, "--json"))
        #expect(outcome.errors.hasSuffix("code 0\n"), "\(outcome.errors)")
        #expect(count("standard output cannot be written (Broken pipe)", in: outcome.errors) == 1)
        #expect(count("\n", in: outcome.output) == 1)
        try expectWhole(scratch)
    }

    @Test("without standard error it is said on standard output", arguments: ["", "--json"])
    func errors(json: String) throws {
        let scratch = try Scratch()
        let outcome = try shell("\"$@\" \(json) 2> /dev/full", extract(scratch, "--every", "1"))
        #expect(outcome.status == 0)
        // With --json nothing has to be said there.
        #expect(
            count("standard error cannot be written (No space", in: outcome.output) == (json.isEmpty ? 1 : 0))
        try expectWhole(scratch)
        let missing = try shell("\"$@\" \(json) 2> /dev/full", ["info", "no.mp4"])
        #expect(missing.status == 3 && count("standard error cannot be written", in: missing.output) == 1)
    }

    @Test("a terminal that is closed stops the work like SIGTERM; where SIGHUP is ignored it goes on")
    func hangUp() throws {
        let scratch = try Scratch()
        let first = try Program.start(extract(scratch, "--to", "8", "--json"))
        first.wait(for: "\"frame\":")
        kill(first.process.processIdentifier, SIGHUP)
        let stopped = try first.finish()
        #expect(stopped.status == 130 && stopped.errors.contains("goes on from here"), "\(stopped.errors)")
        let line = "trap '' HUP; \"$@\" & { sleep 1; kill -HUP $!; wait $!; }"
        let second = try shell(line, extract(try Scratch(), "--to", "2"))
        #expect(second.status == 0 && second.output.contains("50 faces"), "\(second.errors)")
    }
}
