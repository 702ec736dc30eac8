import Files
import Foundation
import Testing
import Workspace

@Suite("Workspace")
struct WorkspaceTests {
    @Test("is made once and opened again")
    func open() throws {
        let scratch = try Scratch()
        let folder = scratch.url.appending(path: "deep/project")
        let made = try Workspace.open(folder, create: true)
        let settingsFile = folder.appending(path: "dimorph.toml")
        let text = try String(contentsOf: settingsFile, encoding: .utf8)
            .replacing("packed_size = 160", with: "packed_size = 96")
        try Data(text.utf8).write(to: settingsFile)
        let opened = try Workspace.open(folder, create: true)
        #expect(made.settings.extraction.packedSize == 160)
        #expect(opened.settings.extraction.packedSize == 96, "a person's change must survive")
        #expect(try Workspace.open(folder, create: false).settings == opened.settings)
    }

    @Test("a folder that is none is an error that says how to make one")
    func missing() throws {
        let scratch = try Scratch()
        let error = try #require(throws: WorkspaceError.self) {
            try Workspace.open(scratch.url, create: false)
        }
        #expect(error.code == .notFound)
        #expect(error.message.contains(scratch.url.path) && error.message.contains("dimorph extract"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).isEmpty)
    }

    @Test("what fails because the folder went away meanwhile says that, and everything else what it said")
    func removed() throws {
        struct Failure: Error {}
        let scratch = try Scratch()
        let workspace = try Workspace.open(scratch.url.appending(path: "project"), create: true)
        #expect(throws: Failure.self) { try workspace.locked { throw Failure() } }
        #expect(throws: CancellationError.self) {
            try workspace.locked {
                try FileManager.default.removeItem(at: workspace.folder)
                throw CancellationError()
            }
        }
        let again = try Workspace.open(workspace.folder, create: true)
        let error = try #require(throws: WorkspaceError.self) {
            try again.locked {
                // Another folder of the name is not this one.
                try FileManager.default.removeItem(at: again.folder)
                _ = try Workspace.open(again.folder, create: true)
                throw Failure()
            }
        }
        #expect(error.code == .unwritable && error.message.contains("was removed, renamed or unmounted"))
        #expect(error.cause is Failure)
    }

    @Test("damaged files are named")
    func damaged() throws {
        let scratch = try Scratch()
        _ = try Workspace.open(scratch.url, create: true)
        let index = scratch.url.appending(path: "dimorph.sqlite")
        try Data("this is no database, only words, and rather many of them".utf8).write(to: index)
        let error = try #require(throws: WorkspaceError.self) {
            try Workspace.open(scratch.url, create: true)
        }
        #expect(error.code == .damaged && error.message.contains("dimorph.sqlite"))
        try FileManager.default.removeItem(at: index)
        try Data([0xff, 0xfe, 0x00]).write(to: scratch.url.appending(path: "dimorph.toml"))
        #expect(throws: WorkspaceError.self) { try Workspace.open(scratch.url, create: true) }
    }

    @Test("only one holds the lock")
    func lock() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.open(scratch.url, create: true)
        var lock: FileLock? = try workspace.lock()
        let error = try #require(throws: FileError.self) { try workspace.lock() }
        #expect(error.code == .locked && !error.isBadInput)
        #expect(error.message.contains("\(ProcessInfo.processInfo.processIdentifier)"))
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(throws: Never.self) { try workspace.lock() }
    }

    @Test("set names stay inside the folder", arguments: ["", "..", "a/b", ".hidden", "ä", "a b"])
    func names(name: String) {
        #expect(throws: WorkspaceError.self) { try Workspace.checkSetName(name) }
    }

    @Test("ordinary set names are welcome", arguments: ["source", "Man_2", "take-3.b"])
    func goodNames(name: String) throws { try Workspace.checkSetName(name) }

    @Test("a fingerprint follows the bytes, not the name")
    func fingerprint() throws {
        let scratch = try Scratch()
        let (a, b) = (scratch.url.appending(path: "a"), scratch.url.appending(path: "b"))
        var bytes = Data((0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
        try bytes.write(to: a)
        try bytes.write(to: b)
        #expect(try Fingerprint(of: a) == Fingerprint(of: b))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: b)
        #expect(try Fingerprint(of: a) != Fingerprint(of: b))
        #expect(throws: WorkspaceError.self) { try Fingerprint(of: scratch.url.appending(path: "c")) }
    }
}

@Suite("Progress events")
struct ProgressEventTests {
    @Test("are one line of JSON each and read back")
    func roundTrip() throws {
        let event = ProgressEvent(
            stage: "train", message: "two\nlines", fraction: 0.25, remaining: 12,
            values: ["iteration": 7, "loss_source": 0.125], files: ["preview": "/tmp/a b.png"])
        #expect(!event.line.contains("\n"))
        #expect(try ProgressEvent(line: event.line) == event)
    }

    @Test("figures that JSON cannot say are left out")
    func infinite() throws {
        let event = ProgressEvent(stage: "train", remaining: .infinity, values: ["loss": .nan, "good": 1])
        let read = try ProgressEvent(line: event.line)
        #expect(read.values == ["good": 1] && read.remaining == nil)
    }
}
