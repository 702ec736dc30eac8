import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Curation

/// Crops, masks and exchanged folders with links that lead out of them.
@Suite("Hostile exchange")
struct HostileExchangeTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Puts a link to a picture that lies elsewhere in a file's place.
    private func link(_ file: URL) throws {
        let secret = scratch["secret.png"]
        try PictureFile.write(Picture(width: 64, height: 64), to: secret)
        try? FileManager.default.removeItem(at: file)
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: secret)
    }

    private func expectOutside(_ body: () throws -> Void) {
        let error = #expect(throws: (any Error).self) { try body() }
        #expect(error.map { "\($0)".contains("not a path inside") } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("a crop that is a link out of the workspace is neither exported nor packed nor shown")
    func crop() throws {
        let workspace = try furnished(scratch["w"])
        try link(workspace.cropsFolder(set: "a").appending(path: "1-take1/000003.png"))
        expectOutside { _ = try FaceSetExport(workspace).run(to: scratch["out"]) }
        #expect(!FileManager.default.fileExists(atPath: scratch["out"].path))
        try workspace.index.mark([], inSet: "a")
        expectOutside { try SetCuration(workspace, set: "a").pack() }
        let curation = try SetCuration(workspace, set: "a")
        let face = try #require(curation.faces().first { $0.cropFile == "1-take1/000003.png" })
        expectOutside { _ = try curation.crop(of: face) }
    }

    @Test("a folder of crops that is a link out of the workspace is not read")
    func folder() throws {
        let workspace = try furnished(scratch["w"])
        let folder = workspace.cropsFolder(set: "a").appending(path: "1-take1")
        try FileManager.default.moveItem(at: folder, to: scratch["elsewhere"])
        try FileManager.default.createSymbolicLink(at: folder, withDestinationURL: scratch["elsewhere"])
        expectOutside { _ = try FaceSetExport(workspace).run(to: scratch["out"]) }
    }

    @Test("a painted mask that is a link out of the workspace is not exported")
    func mask() throws {
        let workspace = try furnished(scratch["w"])
        try FileManager.default.createDirectory(at: scratch["painted"], withIntermediateDirectories: true)
        try PictureFile.write(
            Plane(width: 64, height: 64, repeating: 0.5), to: scratch["painted/1-take1-000002.png"])
        #expect(try MaskImport(workspace, set: "a").run(scratch["painted"]) == 1)
        let masks = workspace.cropsFolder(set: "a").appending(path: Workspace.masksName)
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: masks.path).first)
        try link(masks.appending(path: name))
        expectOutside { _ = try MaskExport(workspace, set: "a").run(to: scratch["out"]) }
        expectOutside { _ = try FaceSetExport(workspace).run(to: scratch["out"]) }
    }

    @Test("of a folder that is imported, links out of it are not followed, and nothing of it stays")
    func imported() throws {
        let workspace = try furnished(scratch["w"])
        for (number, file) in ["1-take1-000003.png", "masks/m.png"].enumerated() {
            let folder = scratch["out\(number)"]
            _ = try FaceSetExport(workspace).run(to: folder)
            let sidecar = folder.appending(path: "faces.json")
            if file.hasPrefix("masks") {
                try Workspace.makeFolder(folder.appending(path: "masks"))
                let text = try String(contentsOf: sidecar, encoding: .utf8)
                let changed = text.replacing(
                    #""file":"1-take1-000003.png""#,
                    with: #""file":"1-take1-000003.png","mask":"masks/m.png""#)
                try #require(changed != text)
                try Data(changed.utf8).write(to: sidecar)
            }
            try link(folder.appending(path: file))
            let other = try Workspace.open(scratch["other\(number)"], create: true)
            let error = #expect(throws: (any Error).self) { try FaceImport(other).run(folder) }
            #expect(error.map { "\($0)".contains(folder.path) } == true)
            #expect(try other.index.sets().isEmpty)
        }
    }
}
