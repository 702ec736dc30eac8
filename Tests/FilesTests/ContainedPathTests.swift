import Foundation
import Testing

@testable import Files

@Suite("paths that must stay in a folder") struct ContainedPathTests {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileSystem.makeFolder(folder.appending(path: "inside/crops"))
        try Data("x".utf8).write(to: folder.appending(path: "secret"))
    }

    private var inside: URL { folder.appending(path: "inside", directoryHint: .isDirectory) }

    @Test("a path inside is resolved, whether it exists or not")
    func resolves() throws {
        #expect(try inside.contained("crops/1.png").path == inside.path + "/crops/1.png")
        #expect(try inside.contained("new/folder/..name.png").lastPathComponent == "..name.png")
    }

    @Test(
        "a path that leaves the folder is rejected",
        arguments: ["../secret", "crops/../../secret", "/etc/passwd", "", ".", "crops//1.png", "a\0b"])
    func refuses(_ path: String) {
        let error = #expect(throws: FileError.self) { try inside.contained(path) }
        #expect(error?.code == .outsideFolder)
    }

    @Test("a symbolic link out of the folder is rejected, a dangling one too; one within is followed")
    func links() throws {
        let files = FileManager.default
        try files.createSymbolicLink(atPath: inside.path + "/out", withDestinationPath: folder.path)
        try files.createSymbolicLink(atPath: inside.path + "/dangling", withDestinationPath: "/nowhere/x")
        try files.createSymbolicLink(atPath: inside.path + "/in", withDestinationPath: "crops")
        #expect(throws: FileError.self) { try inside.contained("out/secret") }
        #expect(throws: FileError.self) { try inside.contained("out") }
        #expect(throws: FileError.self) { try inside.contained("out/new/file.png") }
        #expect(throws: FileError.self) { try inside.contained("dangling") }
        #expect(try inside.contained("in/1.png").lastPathComponent == "1.png")
    }
}
