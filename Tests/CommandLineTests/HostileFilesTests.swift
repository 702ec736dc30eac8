import Foundation
import Testing

/// Files that ended the program, given to it as a person would.
@Suite("Hostile files")
struct HostileFilesTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let aborts = ["[.a]", "[[.", "[[[[", "a = " + String(repeating: "[", count: 100_000)]

    @Test("a project file is refused with its name and line", arguments: aborts)
    func project(_ text: String) throws {
        let file = try scratch.write("# a comment\n\(text)\n", to: "dimorph.toml")
        let outcome = try Program.run("info", "--workspace", scratch.url.path)
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("\(file), line 2"), "\(outcome.errors)")
    }

    @Test("so is a list of edits", arguments: aborts)
    func edits(_ text: String) throws {
        _ = try scratch.write("", to: "dimorph.toml")
        let file = try scratch.write("[[edit]]\nfrom = 1\n\(text)\n", to: "edits.toml")
        let outcome = try Program.run(
            "convert", "--target", Program.sample("target-c.mp4"), "--output", scratch.path("o.mp4"),
            "--edits",
            file, "--workspace", scratch.url.path)
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("edits.toml, line 3"), "\(outcome.errors)")
    }

    @Test("a set is not called like another's packed copy")
    func setName() throws {
        let outcome = try Program.run(
            "extract", Program.sample("performer-a.mp4"), "--set", "x.faces.safetensors", "--workspace",
            scratch.url.path)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("the packed copy of the set 'x'"), "\(outcome.errors)")
    }

    @Test("the command loop of Scripts/fuzz runs commands one after the other and tells their exit codes")
    func commandLoop() throws {
        let codes = scratch.path("codes")
        let lines = #"["faces","list"]"# + "\n" + #"["info","--workspace","/no/such/folder"]"# + "\n"
        let input = try scratch.write(lines, to: "lines")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        let program = try #require(Program.executable).path
        process.arguments = [
            "-c", "'\(program)' --commands-from-standard-input < '\(input)' 3> '\(codes)' > /dev/null 2>&1",
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try String(contentsOfFile: codes, encoding: .utf8) == "2\n3\n")
    }
}
