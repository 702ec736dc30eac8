import Faces
import Files
import Foundation
import GRDB
import Testing

@testable import Workspace

/// An index that somebody else has made: with more than tables, with paths that lead elsewhere, with rows that no
/// Dimorph writes.
@Suite("Hostile index")
struct HostileIndexTests {
    let scratch: Scratch
    let workspace: Workspace

    init() throws {
        scratch = try Scratch()
        let (workspace, clip, state) = try furnished(scratch.url)
        self.workspace = workspace
        var face = record(0, clip: clip.id ?? 0, frame: 0)
        face.cropFile = "1-a/0.png"
        try workspace.index.commit([face], state)
    }

    private func change(_ sql: String) throws {
        try workspace.index.database.write { try $0.execute(sql: sql) }
    }

    /// All that reads rows.
    private func readEverything() throws {
        let index = workspace.index
        _ = try index.sets()
        _ = try index.clips(ofSet: "a")
        _ = try index.extractions(set: "a")
        _ = try index.count(ofSet: "a")
        _ = try index.summaries(ofSet: "a")
        _ = try index.detections(ofSet: "a")
        _ = try index.presence(ofSet: "a")
        _ = try index.medianLikeness(ofSet: "a")
        _ = try index.cropFiles(ofSet: "a")
        _ = try index.cropPlaces(ofSet: "a")
        _ = try index.maskedFaces(ofSet: "a")
        _ = try index.freeTracks()
        _ = try index.places(set: "a", clip: 1)
        _ = try index.nextTrack(set: "a", clip: 1)
        try index.forEachCrop(ofSet: "a") { _ in }
        try index.forEachExpression(ofSet: "a") { _, _ in }
        _ = try index.trainingHistory()
    }

    @Test(
        "triggers, views and virtual tables are refused before any statement of ours runs",
        arguments: [
            "CREATE TRIGGER t AFTER UPDATE ON face BEGIN DELETE FROM face; END",
            "CREATE VIEW v AS SELECT 1",
            "ALTER TABLE clip RENAME TO c; CREATE VIEW clip AS SELECT * FROM c",
            "CREATE VIRTUAL TABLE f USING fts4(a)",
        ])
    func schema(_ sql: String) throws {
        try change(sql)
        let error = #expect(throws: WorkspaceError.self) {
            _ = try Index(at: scratch.url.appending(path: "dimorph.sqlite"))
        }
        #expect(error?.code == .damaged && error?.message.contains("dimorph.sqlite") == true)
    }

    @Test(
        "paths that leave the set's folder are damage, whichever statement reads them",
        arguments: [
            "../../../../etc/passwd", "/etc/passwd", "..", ".", "", "1-a/../../b.png", "1-a//b.png",
            "1-a/./b.png",
            "1-a/",
        ])
    func paths(_ path: String) throws {
        for column in ["cropFile", "maskFile"] {
            try workspace.index.database.write {
                try $0.execute(sql: "UPDATE face SET maskFile = NULL, cropFile = 'a.png'")
                try $0.execute(sql: "UPDATE face SET \(column) = ?", arguments: [path])
            }
            let reads: [() throws -> Void] = [
                { try workspace.index.forEachCrop(ofSet: "a") { _ in } },
                { _ = try workspace.index.cropPlaces(ofSet: "a") },
            ]
            for read in reads {
                let error = #expect(throws: WorkspaceError.self) { try read() }
                #expect(error?.code == .damaged)
            }
        }
        #expect(throws: FileError.self) { try workspace.file(path, ofSet: "a") }
    }

    @Test("links that leave the set's folder are not followed")
    func links() throws {
        let folder = workspace.cropsFolder(set: "a")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let secret = scratch.url.appending(path: "secret.png")
        try Data("x".utf8).write(to: secret)
        func link(_ name: String, _ target: String) throws {
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: name).path, withDestinationPath: target)
        }
        try link("out.png", secret.path)
        try link("up", "../..")
        try link("nowhere.png", "/no/such/file")
        try Data("y".utf8).write(to: folder.appending(path: "in.png"))
        try link("within.png", "in.png")
        for path in ["out.png", "up/secret.png", "nowhere.png"] {
            let error = #expect(throws: FileError.self) { try workspace.file(path, ofSet: "a") }
            #expect(error?.code == .outsideFolder && error?.isBadInput == true)
        }
        #expect(try workspace.file("in.png", ofSet: "a").lastPathComponent == "in.png")
        #expect(throws: Never.self) { try workspace.file("within.png", ofSet: "a") }
    }

    @Test(
        "rows that cannot be are errors that name the index, never a trap",
        arguments: [
            "UPDATE clip SET width = -1", "UPDATE clip SET height = 9e18",
            "UPDATE clip SET frameRate = 9e999",
            "UPDATE clip SET frameRate = -1", "UPDATE clip SET frameCount = -5",
            "UPDATE clip SET path = x'00ff'",
            "UPDATE clip SET fingerprint = 'x'",
            "UPDATE clip SET fingerprint = '{\"size\":-1,\"hash\":\"\"}'",
            "UPDATE clip SET frameCount = 9223372036854775807",
            "UPDATE extraction SET nextFrame = -1", "UPDATE extraction SET nextCrop = 1e300",
            "UPDATE extraction SET unreadable = '{'",
            "UPDATE extraction SET unreadableFrames = 9223372036854775807",
            "UPDATE faceSet SET identity = '{\"values\":[1e39]}'", "UPDATE faceSet SET options = '['",

            "UPDATE face SET frame = -1", "UPDATE face SET track = 9223372036854775807",
            "UPDATE face SET track = -2", "UPDATE face SET time = 9e999",
            "UPDATE face SET likeness = 9e999", "UPDATE face SET alignA = 0, alignB = 0",

            """
            INSERT INTO trainingRun (id, model, architecture, people, begun, seed, recipe, device)
            VALUES (1, 1, 'x', '["a"]', '2026-01-01', 1, '{}', 'cpu');
            INSERT INTO trainingPoint VALUES (1, -1, 1, '{}')
            """,
            """
            INSERT INTO trainingRun (id, model, architecture, people, begun, seed, recipe, device)
            VALUES (1, 1, 'x', 'not json', 'never', 'x', '{}', 'cpu')
            """,
        ])
    func rows(_ sql: String) throws {
        try workspace.index.database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: sql)
        }
        let error = #expect(throws: WorkspaceError.self, "\(sql)") { try readEverything() }
        #expect(error?.code == .damaged && error?.message.contains("dimorph.sqlite") == true, "\(sql)")
    }

    @Test("faces with the same number, in a table that allows it, end nothing")
    func doubled() throws {
        try change(
            "CREATE TABLE other AS SELECT * FROM face; DROP TABLE face; ALTER TABLE other RENAME TO face")
        try change("INSERT INTO face SELECT * FROM face; UPDATE face SET maskFile = 'masks/x.png'")
        try readEverything()
    }

    @Test(
        "a set in the index is called as a folder may be",
        arguments: ["../a", "a/b", "", ".hidden", "a b", "ä"])
    func names(_ name: String) throws {
        try workspace.index.database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: "UPDATE faceSet SET name = ?", arguments: [name])
        }
        #expect(throws: WorkspaceError.self) { try workspace.index.sets() }
    }

    @Test("new sets are not called like packed copies; one that was stays readable")
    func packedNames() throws {
        for name in ["x.faces.safetensors", "x.FACES.safetensors", "..faces.safetensors"] {
            let error = #expect(throws: WorkspaceError.self) { try Workspace.checkSetName(name) }
            #expect(error?.isBadInput == true)
        }
        for name in ["x.faces", "faces.safetensors", "x.safetensors", "x.faces.safetensors.2"] {
            try Workspace.checkSetName(name)
        }
        let name = "x.faces.safetensors"
        try workspace.index.save(FaceSetRecord(name: name, settings: workspace.settings.extraction))
        #expect(try workspace.index.set(name)?.name == name)
    }

    @Test("files of bytes that are no database are refused")
    func noDatabase() throws {
        let file = scratch.url.appending(path: "other.sqlite")
        for bytes in [
            Data("SQLite format 3\u{0}".utf8) + Data(count: 4096), Data(repeating: 0xFF, count: 9000),
        ] {
            try bytes.write(to: file)
            let error = #expect(throws: WorkspaceError.self) { _ = try Index(at: file) }
            #expect(error?.message.contains("other.sqlite") == true)
        }
    }
}
