import Foundation
import Testing

/// How a training ends where something fails: with its own code and words, never as a stop that lost nothing.
@Suite("How a training ends", .enabled(if: Program.isSetUp))
struct TrainingEndTests {
    private static let launcher = URL(filePath: "/usr/bin/mpirun")
    private static let hasLauncher = FileManager.default.isExecutableFile(atPath: launcher.path)

    private func train(_ workspace: String, _ more: String...) -> [String] {
        [
            "train", "--source", "a", "--target", "c", "--device", "cpu", "--workspace", workspace,
            "--consent-source", "synthetic:A", "--consent-target", "synthetic:C", "--batch", "2",
        ] + more
    }

    /// Two small face sets.
    private func workspace(_ scratch: Scratch) throws -> String {
        let workspace = scratch.path("w")
        for (set, clip) in [("a", "performer-a.mp4"), ("c", "target-c.mp4")] {
            let outcome = try Program.run(
                "extract", Program.sample(clip), "--set", set, "--workspace", workspace, "--device", "cpu",
                "--to", "1")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        return workspace
    }

    @Test("a log on a full disk is given up, and said once; the training is whole")
    func log() throws {
        let scratch = try Scratch()
        let workspace = try workspace(scratch)
        let outcome = try Program.start(
            train(workspace, "--iterations", "2", "--log", "/dev/full")
        ).finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let words = "the log /dev/full cannot be written (No space left on device)"
        #expect(outcome.errors.components(separatedBy: words).count == 2)
        #expect(FileManager.default.fileExists(atPath: workspace + "/model/model.safetensors"))
        // Going on for no step: what judging took is a share of this run.
        let again = try Program.start(train(workspace, "--iterations", "2", "--json")).finish()
        let share = try #require(
            again.output.firstMatch(of: /"judging_share":([0-9.e-]+)/).flatMap { Double($0.1) })
        #expect(again.status == 0 && share >= 0 && share <= 1)
    }

    @Test("where the save after Ctrl-C fails, that is reported, with 1 and not as a stop")
    func unsaved() throws {
        let scratch = try Scratch()
        let workspace = try workspace(scratch)
        let training = try Program.start(train(workspace, "--iterations", "100000", "--json"))
        training.wait(for: "\"iterations_per_second\"")
        let model = URL(filePath: workspace + "/model")
        try FileManager.default.moveItem(at: model, to: URL(filePath: workspace + "/moved"))
        try Data().write(to: model)
        kill(training.process.processIdentifier, SIGINT)
        let outcome = try training.finish()
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains("could not be saved up to the stop"), "\(outcome.errors)")
        #expect(!outcome.errors.contains("goes on from here"))
        #expect(!outcome.errors.contains("NSCocoaErrorDomain"))
    }

    @Test(
        "a lack of address space is named as that, and no file is called damaged",
        .disabled(if: Program.isSanitized))
    func memory() throws {
        let scratch = try Scratch()
        let workspace = try workspace(scratch)
        let program = try #require(Program.executable)
        let first = try Program.start(train(workspace, "--iterations", "1")).finish()
        #expect(first.status == 0, "\(first.errors)")
        // From too little for LibTorch's libraries to too little for the network.
        for megabytes in [700, 1000, 1400] {
            let line = "ulimit -v \(megabytes << 10); exec \"$@\""
            let outcome = try Program.start(
                ["-c", line, "sh", program.path] + train(workspace, "--iterations", "100"),
                program: URL(filePath: "/bin/sh")
            ).finish()
            #expect(outcome.status == 1, "\(megabytes): \(outcome.errors)")
            #expect(outcome.errors.contains("memory"), "\(megabytes): \(outcome.errors)")
            for word in ["damaged;", "sets again", "restore it"] {
                #expect(!outcome.errors.contains(word), "\(megabytes): \(outcome.errors)")
            }
        }
    }

    @Test("two ranks train one model and go on with it", .enabled(if: hasLauncher))
    func ranks() throws {
        let scratch = try Scratch()
        let arguments = train(try workspace(scratch))
        let program = try #require(Program.executable)
        func run(_ iterations: Int) throws -> Program.Outcome {
            try Program.start(
                ["--oversubscribe", "--bind-to", "none", "-n", "2", program.path] + arguments
                    + ["--iterations", "\(iterations)", "--json"],
                program: Self.launcher,
                environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
            ).finish()
        }
        for (iterations, earlier) in [(3, 0), (5, 3)] {
            let outcome = try run(iterations)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.contains("\"resumed_from\":\(earlier)"), "\(outcome.output.suffix(600))")
        }
    }
}
