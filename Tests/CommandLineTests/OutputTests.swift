import Foundation
import Media
import Testing

/// Outputs whose making is broken off in the last steps, made twice at once, or that would replace something else.
@Suite(
    "Outputs", .serialized,
    .enabled(if: Program.isSetUp, "Scripts/setup has not made the engine and the weights"))
struct OutputTests {
    private let scratch: Scratch
    private let target: String

    init() throws {
        scratch = try Scratch()
        try TrainedWorkspace.copy(to: scratch.path("w"))
        target = try TrainedWorkspace.clip(
            "target-c.mp4", frames: 6, to: scratch.url.appending(path: "target.mp4")
        ).path
    }

    private func convert(
        _ output: String = "out.mp4", _ more: String..., workspace: String = "w", target: String? = nil
    ) throws -> Program.Running {
        try Program.start(
            [
                "convert", "--target", target ?? self.target, "--output", scratch.path(output), "--workspace",
                scratch.path(workspace),
            ] + more)
    }

    private func staged(_ name: String, of output: String = "out.mp4") -> URL {
        scratch.url.appending(path: ".\(output).unfinished/\(name)")
    }

    private func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
    private func exists(_ name: String) -> Bool { exists(scratch.url.appending(path: name)) }

    /// Names of a workspace's outputs, in the ledger's order.
    private func ledger(_ workspace: String = "w") throws -> [String] {
        struct Line: Decodable {
            struct Record: Decodable { let output: String }
            let record: Record
        }
        let file = scratch.url.appending(path: "\(workspace)/ledger.jsonl")
        guard exists(file) else { return [] }
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
            .map { try JSONDecoder().decode(Line.self, from: Data($0)).record.output }
    }

    private func frames(_ name: String) throws -> [[UInt8]] {
        let reader = try VideoReader(scratch.url.appending(path: name))
        var frames: [[UInt8]] = []
        while let frame = try reader.next() { frames.append(try frame.picture().pixels) }
        return frames
    }

    /// The output of a run that was broken off is gone on with, and is the one of an unbroken run, with one entry.
    private func expectGoesOn(_ output: String = "out.mp4", frames whole: [[UInt8]]) throws {
        let outcome = try convert(output).finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("6 frames had already been converted"), "\(outcome.output)")
        try expectWhole(output, frames: whole)
    }

    private func expectWhole(_ output: String, frames whole: [[UInt8]]) throws {
        #expect(try frames(output) == whole)
        #expect(try ledger().filter { $0 == output }.count == 1)
        let verdict = try Program.run(
            "verify", scratch.path(output), "--json", "--workspace", scratch.path("w"))
        #expect(
            verdict.status == 0 && verdict.output.contains("is the output \(output)"), "\(verdict.output)")
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.url.path)
            .filter { $0.hasPrefix(".") }
        #expect(left.isEmpty)
    }

    /// An output of an unbroken run, and so a ledger.
    private func unbroken() throws -> [[UInt8]] {
        let outcome = try convert("whole.mp4").finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try frames("whole.mp4")
    }

    /// Holds the ledger as a reader does: whoever writes it waits.
    private func holdLedger(_ workspace: String = "w") throws -> Int32 {
        let descriptor = open(scratch.path("\(workspace)/ledger.jsonl"), O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0 && flock(descriptor, LOCK_SH) == 0)
        return descriptor
    }

    /// Starts a conversion that waits for the ledger, signed and not recorded.
    private func waitingForLedger(
        _ output: String = "out.mp4", workspace: String = "w"
    ) throws -> Program.Running {
        let running = try convert(output, workspace: workspace)
        while running.process.isRunning, !exists(staged("signed.json", of: output)) { usleep(2000) }
        try #require(running.process.isRunning, "\(running.text("err"))")
        usleep(100_000)
        return running
    }

    @Test(
        "a ledger that takes no entry: the signed video waits, and the next run records it and gives it its name"
    )
    func ledgerFails() throws {
        let whole = try unbroken()
        let held = try holdLedger()
        let running = try waitingForLedger()
        let (head, aside) = (scratch.path("w/ledger.head"), scratch.path("w/head"))
        try FileManager.default.moveItem(atPath: head, toPath: aside)
        try FileManager.default.createDirectory(atPath: head, withIntermediateDirectories: false)
        close(held)
        let failed = try running.finish()
        #expect(failed.status != 0 && failed.errors.contains("run the same command to resume"))
        #expect(!exists("out.mp4") && exists(staged("signed.mp4")))
        let signed = try Data(contentsOf: staged("signed.mp4"))
        rmdir(head)
        try FileManager.default.moveItem(atPath: aside, toPath: head)
        try expectGoesOn(frames: whole)
        #expect(try Data(contentsOf: scratch.url.appending(path: "out.mp4")) == signed, "signed again")
    }

    @Test("killed while it is being recorded: it is signed and recorded once") func killedRecording() throws {
        let whole = try unbroken()
        let held = try holdLedger()
        let running = try waitingForLedger()
        kill(running.process.processIdentifier, SIGKILL)
        #expect(try running.finish().status == 128 + SIGKILL)
        close(held)
        let signed = try Data(contentsOf: staged("signed.mp4"))
        try expectGoesOn(frames: whole)
        #expect(try Data(contentsOf: scratch.url.appending(path: "out.mp4")) == signed, "signed again")
    }

    @Test(
        "killed or interrupted while it is being signed: nothing is converted or joined again",
        .enabled(if: MarkedOutputTests.isSigning), arguments: [SIGKILL, SIGINT, SIGTERM])
    func whileSigning(_ signal: Int32) throws {
        let whole = try unbroken()
        var caught = false
        // Signing takes some hundredths of a second: the moment may be missed.
        for attempt in 0..<20 where !caught {
            let output = "out\(attempt).mp4"
            let running = try convert(output)
            let folder = staged("", of: output)
            while running.process.isRunning {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
                if names.contains("made.json"), names.contains(where: { $0.hasPrefix(".signed") }) { break }
                usleep(500)
            }
            kill(running.process.processIdentifier, SIGSTOP)
            caught =
                exists(staged("made.json", of: output)) && !exists(staged("signed.mp4", of: output))
                && running.process.isRunning
            kill(running.process.processIdentifier, signal)
            kill(running.process.processIdentifier, SIGCONT)
            let outcome = try running.finish()
            guard caught else {
                // It was stopped too late: signed already, and perhaps not recorded yet.
                if outcome.status != 0 { try expectGoesOn(output, frames: whole) }
                continue
            }
            #expect(outcome.status == (signal == SIGKILL ? 128 + SIGKILL : 130), "\(outcome.errors)")
            #expect(!exists(output) && exists(staged("made.mp4", of: output)))
            #expect(try ledger() == ["whole.mp4"] + (0..<attempt).map { "out\($0).mp4" })
            try expectGoesOn(output, frames: whole)
        }
        #expect(caught, "no run was stopped while it signed")
    }

    @Test("an entry whose video is removed before it has its name is withdrawn by the next run")
    func withdrawn() throws {
        _ = try unbroken()
        let held = try holdLedger()
        let running = try waitingForLedger()
        try FileManager.default.createDirectory(
            at: scratch.url.appending(path: "out.mp4"), withIntermediateDirectories: false)
        close(held)
        #expect(try running.finish().status == 1)
        #expect(try ledger() == ["whole.mp4", "out.mp4"])
        try FileManager.default.removeItem(at: staged(""))
        let other = try convert("other.mp4").finish()
        #expect(
            other.status == 0 && other.errors.contains("entry of out.mp4 is withdrawn"), "\(other.errors)")
        #expect(try ledger() == ["whole.mp4", "out.mp4", "out.mp4", "other.mp4"])
        let text = try String(contentsOfFile: scratch.path("w/ledger.jsonl"), encoding: .utf8)
        #expect(text.contains("\"withdrawn\":\"the finished output was removed before it got its name"))
        // Once is enough.
        #expect(try convert("other.mp4").finish().status == 0)
        #expect(try ledger().filter { $0 == "out.mp4" }.count == 2 && !exists("w/pending"))
    }

    @Test("a folder made at the output's name meanwhile is named; the video waits, and is recorded once")
    func folderInPlace() throws {
        let whole = try unbroken()
        let held = try holdLedger()
        let running = try waitingForLedger()
        try FileManager.default.createDirectory(
            at: scratch.url.appending(path: "out.mp4"), withIntermediateDirectories: false)
        close(held)
        let failed = try running.finish()
        #expect(failed.status == 1 && failed.errors.contains("out.mp4 is a folder now"), "\(failed.errors)")
        #expect(exists(staged("signed.mp4")))
        rmdir(scratch.path("out.mp4"))
        try expectGoesOn(frames: whole)
    }

    @Test("a file of someone else's is not replaced without --overwrite, also one that comes meanwhile")
    func foreign() throws {
        let whole = try unbroken()
        _ = try scratch.write("my diary", to: "out.mp4")
        let refused = try convert().finish()
        #expect(refused.status == 3 && refused.errors.contains("--overwrite"), "\(refused.errors)")
        #expect(try String(contentsOfFile: scratch.path("out.mp4"), encoding: .utf8) == "my diary")
        let replaced = try convert("out.mp4", "--overwrite").finish()
        #expect(replaced.status == 0, "\(replaced.errors)")
        #expect(try frames("out.mp4") == whole)
        // An own output is.
        #expect(try convert().finish().status == 0)

        let held = try holdLedger()
        let running = try waitingForLedger("late.mp4")
        _ = try scratch.write("my diary", to: "late.mp4")
        close(held)
        let late = try running.finish()
        #expect(late.status == 3 && late.errors.contains("--overwrite"), "\(late.errors)")
        #expect(try String(contentsOfFile: scratch.path("late.mp4"), encoding: .utf8) == "my diary")
        try FileManager.default.removeItem(atPath: scratch.path("late.mp4"))
        try expectGoesOn("late.mp4", frames: whole)
    }

    @Test("two workspaces, two settings, one output: the second run is told, and the first one ends well")
    func twoAtOnce() throws {
        let whole = try unbroken()
        try FileManager.default.copyItem(atPath: scratch.path("w"), toPath: scratch.path("w2"))
        let held = try holdLedger()
        let first = try waitingForLedger()
        let number = first.process.processIdentifier
        let second = try convert("out.mp4", "--no-label", "credits", workspace: "w2").finish()
        #expect(second.status == 1, "\(second.errors)")
        #expect(second.errors.contains("another dimorph (process \(number)) works on the output"))
        close(held)
        #expect(try first.finish().status == 0)
        try expectWhole("out.mp4", frames: whole)
    }

    @Test("the same share twice: the second run is told; a whole run beside a share is, too") func sameShare()
        throws
    {
        let long = try TrainedWorkspace.clip(
            "target-c.mp4", frames: 730, to: scratch.url.appending(path: "long.mp4")
        ).path
        let first = try convert("out.mp4", "--shard", "1/2", target: long)
        while first.process.isRunning, !exists(staged("parts/00000.lock")) { usleep(2000) }
        let number = first.process.processIdentifier
        for more in [["--shard", "1/2"], []] {
            let second = try Program.start(
                [
                    "convert", "--target", long, "--output", scratch.path("out.mp4"), "--workspace",
                    scratch.path("w"), "--shard", "1/2",
                ].dropLast(2) + more
            ).finish()
            #expect(second.status == 1, "\(second.errors)")
            #expect(second.errors.contains("process \(number)"), "\(second.errors)")
        }
        kill(first.process.processIdentifier, SIGKILL)
        _ = try first.finish()
    }

    @Test("output names of 255 bytes, for videos, comparisons, pictures and stills") func longNames() throws {
        func name(_ ending: String, _ letter: Character) -> String {
            String(repeating: letter, count: 255 - ending.utf8.count) + ending
        }
        let names = [name(".mp4", "v"), name(".mp4", "b"), name(".png", "s")]
        let runs = [
            [names[0], "--compare", scratch.path(names[1])], [names[2], "--preview", "2"],
            [name("", "p") + "/%03d.png"],
        ]
        for run in runs {
            let outcome = try Program.start(
                [
                    "convert", "--target", target, "--workspace", scratch.path("w"), "--output",
                    scratch.path(run[0]),
                ] + run.dropFirst()
            ).finish()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(names.allSatisfy(exists) && exists(name("", "p") + "/005.png"))
        #expect(try ledger().count == 4)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).filter { $0.hasPrefix(".") }
                .isEmpty)
    }

    @Test("a name that is not UTF-8 is refused with the remedy, before anything is made") func notUnicode()
        throws
    {
        let program = try #require(Program.executable)
        let running = try Program.start(
            [
                "-c",
                "exec \"$0\" convert --target \"$1\" --workspace \"$2\" --output \"$(printf '%s/\\351t\\351.mp4' \"$3\")\"",
                program.path, target, scratch.path("w"), scratch.url.path,
            ], program: URL(filePath: "/bin/sh"))
        let outcome = try running.finish()
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("\\xE9t\\xE9.mp4") && outcome.errors.contains("UTF-8"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).count == 2)
    }

    @Test(
        "a workspace deleted under a training is named as that, at the next checkpoint",
        arguments: ["checkpoint", "preview"])
    func deletedWorkspace(_ first: String) throws {
        let file = scratch.url.appending(path: "w/dimorph.toml")
        let settings = try String(contentsOf: file, encoding: .utf8)
        try Data(settings.replacingOccurrences(of: "\(first)_every = 30", with: "\(first)_every = 1").utf8)
            .write(to: file)
        let running = try Program.start([
            "train", "--source", "a", "--target", "c", "--iterations", "1000000", "--batch", "2", "--device",
            "cpu", "--workspace", scratch.path("w"), "--json",
        ])
        running.wait(for: "\"iteration\"")
        try FileManager.default.moveItem(atPath: scratch.path("w"), toPath: scratch.path("elsewhere"))
        let outcome = try running.finish()
        #expect(outcome.status == 1 && outcome.errors.contains("was removed, renamed"), "\(outcome.errors)")
        #expect(!exists("w"), "it is not made again")
    }
}
