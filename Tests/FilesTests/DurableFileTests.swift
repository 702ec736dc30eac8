import Foundation
import Testing

@testable import Files

@Suite("durable files") struct DurableFileTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileSystem.makeFolder(folder.appending(path: "deep/er"))
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("a file is replaced atomically, without leftovers") func replaces() throws {
        let file = folder.appending(path: "a.json")
        try DurableFile.write(Data("old".utf8), to: file)
        try DurableFile.write(Data("new".utf8), to: file, permissions: 0o600)
        #expect(try Data(contentsOf: file) == Data("new".utf8))
        #expect(try names() == ["a.json", "deep"])
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("the old file stays until commit, and after a discard") func keepsOld() throws {
        let file = folder.appending(path: "a.bin")
        try DurableFile.write(Data([1]), to: file)
        do {
            let durable = try DurableFile(replacing: file)
            try [UInt8](repeating: 2, count: 100_000).withUnsafeBytes { try durable.write($0) }
            #expect(try Data(contentsOf: file) == Data([1]))
        }
        #expect(try Data(contentsOf: file) == Data([1]))
        #expect(try names() == ["a.bin", "deep"])
    }

    @Test("a full disk, a missing folder and a folder have different errors") func failures() throws {
        func code(_ file: URL) -> FileError.Code? {
            do throws(FileError) { try DurableFile.write(Data("x".utf8), to: file) } catch {
                return error.code
            }
            return nil
        }
        #expect(code(folder.appending(path: "none/a")) == .notWritable)
        #expect(code(folder.appending(path: "deep")) == .notWritable)
        #expect(FileError.writing(folder, ENOSPC).code == .diskFull)
        #expect(FileError.writing(folder, EDQUOT).code == .diskFull)
    }

    @Test("names of the maximum length can be written") func longNames() throws {
        for length in [200, 244, 255] {
            let file = folder.appending(
                path: String(repeating: "ü", count: length / 2) + (length % 2 == 1 ? "x" : ""))
            try DurableFile.write(Data("long".utf8), to: file)
            #expect(try Data(contentsOf: file) == Data("long".utf8))
        }
        let (a, b) = (String(repeating: "x", count: 250) + "a", String(repeating: "x", count: 250) + "b")
        #expect(
            TemporaryName.hidden(beside: folder.appending(path: a), suffix: "parts")
                != TemporaryName.hidden(beside: folder.appending(path: b), suffix: "parts"))
    }

    @Test("temporary files of dead processes are removed, those of running ones and other machines kept")
    func collects()
        throws
    {
        let child = Process()
        child.executableURL = URL(filePath: "/bin/true")
        try child.run()
        child.waitUntilExit()
        let dead = ".model.safetensors.\(child.processIdentifier)-3@\(TemporaryName.host).tmp"
        let others = [
            ".model.safetensors.\(getppid())-3@\(TemporaryName.host).tmp",
            ".model.safetensors.\(child.processIdentifier)-3@elsewhere.tmp", ".hidden.tmp", "model.tmp",
        ]
        for name in [dead] + others { try Data(count: 1000).write(to: folder.appending(path: name)) }
        let own = try DurableFile(replacing: folder.appending(path: "own"))
        #expect(TemporaryName.collect(in: folder) == 1000)
        #expect(!FileSystem.exists(folder.appending(path: dead)))
        for name in others { #expect(FileSystem.exists(folder.appending(path: name)), "\(name)") }
        try own.commit()
    }

    @Test("a hard link replaces the target") func links() throws {
        let (a, b) = (folder.appending(path: "a"), folder.appending(path: "b"))
        try DurableFile.write(Data("a".utf8), to: a)
        try DurableFile.write(Data("b".utf8), to: b)
        try FileSystem.link(a, as: b)
        try FileSystem.link(a, as: b)
        #expect(try Data(contentsOf: b) == Data("a".utf8))
        #expect(try names() == ["a", "b", "deep"])
    }
}
