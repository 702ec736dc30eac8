import Foundation

/// The built `dimorph`, run as a person would run it.
struct Program {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
        let seconds: Double
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// `DIMORPH_PROGRAM`, or beside this test's bundle, or in the build folder.
    static let executable: URL? = {
        if let path = ProcessInfo.processInfo.environment["DIMORPH_PROGRAM"] { return URL(filePath: path) }
        return built("dimorph")
    }()

    /// Whether the programs are built with a sanitizer: they take more memory, and time.
    static let isSanitized = ProcessInfo.processInfo.environment["DIMORPH_SANITIZER"] != nil

    /// The built `dimorph-train`.
    static let worker: URL? = built("dimorph-train")

    private static func built(_ name: String) -> URL? {
        let beside = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let candidates = [
            beside, beside.deletingLastPathComponent(), root.appending(path: ".build/release"),
            root.appending(path: ".build/debug"),
        ]
        return candidates.map { $0.appending(path: name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) && !$0.hasDirectoryPath }
    }

    /// Whether the networks are there: engine and weights, which the setup makes.
    static let isSetUp = [".deps/engine/libdimorph-engine.so", ".deps/weights/yunet.safetensors"].allSatisfy {
        FileManager.default.fileExists(atPath: root.appending(path: $0).path)
    }

    static func sample(_ name: String) -> String { root.appending(path: "Samples/\(name)").path }

    @discardableResult
    static func run(_ arguments: String..., folder: URL? = nil) throws -> Outcome {
        let process = try start(arguments, folder: folder)
        return try process.finish()
    }

    /// A program that runs; its output is collected in files, so that no pipe can fill up.
    final class Running {
        let process = Process()
        private let folder: URL
        private let begun = ContinuousClock.now

        fileprivate init(
            _ arguments: [String], folder: URL?, program: URL?, environment more: [String: String]
        ) throws {
            guard let executable = program else { throw Missing() }
            self.folder = FileManager.default.temporaryDirectory.appending(
                path: "dimorph-run-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
            process.executableURL = executable
            process.arguments = arguments
            process.currentDirectoryURL = folder
            var environment = ProcessInfo.processInfo.environment
            environment["DIMORPH_HOME"] = Program.root.path
            // Keys of the tests' own, not of whoever runs them.
            environment["DIMORPH_SIGNING"] = Program.root.appending(path: ".build/test-signing").path
            // Sums of the tests' many processes fight over the cores otherwise.
            environment["OMP_NUM_THREADS"] = "1"
            environment.merge(more) { $1 }
            process.environment = environment
            process.standardInput = FileHandle.nullDevice
            for (name, keyPath) in [("out", \Process.standardOutput), ("err", \Process.standardError)] {
                let file = self.folder.appending(path: name)
                try Data().write(to: file)
                process[keyPath: keyPath] = try FileHandle(forWritingTo: file)
            }
            try process.run()
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func text(_ name: String) -> String {
            (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
        }

        func finish() throws -> Outcome {
            process.waitUntilExit()
            let seconds = begun.duration(to: .now) / .seconds(1)
            let status =
                process.terminationReason == .uncaughtSignal
                ? 128 + process.terminationStatus : process.terminationStatus
            return Outcome(status: status, output: text("out"), errors: text("err"), seconds: seconds)
        }

        /// Waits until the program has said something like this, or has ended.
        func wait(for words: String) {
            while process.isRunning, !(text("out") + text("err")).contains(words) { usleep(20_000) }
        }
    }

    static func start(
        _ arguments: [String], folder: URL? = nil, program: URL? = executable,
        environment: [String: String] = [:]
    ) throws -> Running {
        try Running(arguments, folder: folder, program: program, environment: environment)
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String { "the program has not been built: run `swift build`" }
    }
}

/// A folder for one test, removed with it.
final class Scratch: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dimorph test \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name))
        return path(name)
    }
}
