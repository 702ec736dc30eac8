import Foundation
import Testing

/// Help texts are pinned: a change of wording is seen in review. `DIMORPH_RECORD=1 swift test --filter HelpTests` writes
/// them anew.
@Suite("Help")
struct HelpTests {
    static let commands = [
        "", "swap", "demo", "extract", "train", "watch", "convert", "evaluate", "export", "models", "info",
        "consent", "consent add", "consent list", "consent show", "consent revoke", "consent correct",
        "consent check", "verify",
        "faces",
        "faces list",
        "faces sort", "faces cover", "faces reject", "faces restore", "faces best", "faces pack",
        "faces group", "faces merge", "faces split", "faces export", "faces import", "faces masks",
        "faces masks export", "faces masks import", "faces masks refine", "faces masks clear",
    ]

    @Test("reads as committed", arguments: commands)
    func pinned(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try Program.start(words.isEmpty ? ["--help"] : ["help"] + words).finish()
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Help/\(words.isEmpty ? "dimorph" : words.joined(separator: "-")).txt")
        if ProcessInfo.processInfo.environment["DIMORPH_RECORD"] != nil {
            try Data(outcome.output.utf8).write(to: file)
        }
        #expect(try outcome.output == String(contentsOf: file, encoding: .utf8))
    }

    @Test(
        "comes at once: LibTorch, which takes 0.3 s, is not among the libraries that the program starts with")
    func quick() throws {
        let executable: URL = try #require(Program.executable)
        let loader = Process()
        loader.executableURL = executable
        loader.environment = ["LD_TRACE_LOADED_OBJECTS": "1"]
        let output = Pipe()
        loader.standardOutput = output
        try loader.run()
        let libraries = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        loader.waitUntilExit()
        #expect(libraries.contains("libavcodec") && !libraries.contains("libtorch"))
    }

    @Test("tells the version")
    func version() throws {
        let outcome = try Program.run("--version")
        #expect(outcome.status == 0 && outcome.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }
}
