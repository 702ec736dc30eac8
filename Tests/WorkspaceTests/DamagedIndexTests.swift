import Faces
import Foundation
import GRDB
import Testing

@testable import Workspace

/// Values that no Dimorph writes, as a flipped bit or another program leaves them.
@Suite("Damaged index")
struct DamagedIndexTests {
    let scratch: Scratch
    let workspace: Workspace

    init() throws {
        scratch = try Scratch()
        let (workspace, clip, state) = try furnished(scratch.url)
        self.workspace = workspace
        var face = record(0, clip: clip.id ?? 0, frame: 0)
        face.cropFile = "0.png"
        try workspace.index.commit([face], state)
    }

    private func change(_ sql: String) throws {
        try workspace.index.database.write { try $0.execute(sql: sql) }
    }

    @Test(
        "a face that cannot be is an error that says what to do, never a trap",
        arguments: [
            "yaw = 1e300", "frame = 9e18", "frame = -3",
            "alignA = 0, alignB = 0",
            "alignX = 1e200", "landmarks = x'00'", "landmarks = 7", "landmarks = zeroblob(5736) || x'00'",
            "expression = zeroblob(12)", "embedding = x'010203'", "hash = x'01'",
            "hash = zeroblob(32), sharpness = NULL",
            "boxWidth = -1e99", "steadyA = 0.01, steadyB = NULL",
            "steadyA = 1e-300, steadyB = 0, steadyX = 0, steadyY = 0",
        ])
    func face(_ values: String) throws {
        // SQLite keeps any type in any column.
        try change("UPDATE face SET \(values)")
        let error = #expect(throws: WorkspaceError.self) {
            try workspace.index.forEachCrop(ofSet: "a") { _ in }
        }
        #expect(error?.code == .damaged && error?.isBadInput == true)
        #expect(
            error?.message.contains("dimorph.sqlite") == true && error?.message.contains("extract") == true)
    }

    @Test(
        "curation's short way to the faces notices it too",
        arguments: [
            "hash = x'01'", "hash = zeroblob(32), sharpness = NULL", "expression = zeroblob(12)",
            "expression = 7",
        ])
    func summaries(_ values: String) throws {
        try change("UPDATE face SET \(values)")
        let error = #expect(throws: WorkspaceError.self) {
            _ = try workspace.index.summaries(ofSet: "a")
            try workspace.index.forEachExpression(ofSet: "a") { _, _ in }
        }
        #expect(error?.code == .damaged)
    }

    @Test("landmarks that are no numbers are refused")
    func infinite() throws {
        let numbers = Packed.data([Float](repeating: .infinity, count: 3 * FaceLandmarks.count))
        try workspace.index.database.write {
            try $0.execute(sql: "UPDATE face SET landmarks = ?", arguments: [numbers])
        }
        #expect(throws: WorkspaceError.self) { try workspace.index.forEachCrop(ofSet: "a") { _ in } }
    }

    @Test("settings that an earlier version did not know have their defaults; what it knew stays")
    func earlier() throws {
        let stored = #"{"crop":"whole","cropSize":256,"forgotten":3}"#
        try change("UPDATE faceSet SET settings = '\(stored)'")
        var expected = ExtractionSettings()
        (expected.crop, expected.cropSize) = (.whole, 256)
        #expect(try workspace.index.set("a")?.settings == expected)
    }

    @Test(
        "so is a set whose settings cannot be",
        arguments: [
            "{", "7", #"{"cropSize":"big"}"#, #"replace(settings, '"cropSize":560', '"cropSize":560000000')"#,
        ])
    func settings(_ text: String) throws {
        let value = text.hasPrefix("replace") ? text : "'\(text)'"
        try change("UPDATE faceSet SET settings = \(value)")
        for read in [{ _ = try workspace.index.sets() }, { _ = try workspace.index.set("a") }] {
            let error = #expect(throws: WorkspaceError.self) { try read() }
            #expect(error?.code == .damaged && error?.message.contains("dimorph.sqlite") == true)
        }
    }

    @Test("so is a list of migrations that cannot be read")
    func migrations() throws {
        try change("DROP TABLE grdb_migrations")
        try change("CREATE TABLE grdb_migrations (identifier TEXT)")
        try change("INSERT INTO grdb_migrations VALUES (NULL)")
        let error = #expect(throws: WorkspaceError.self) {
            _ = try Index(at: scratch.url.appending(path: "dimorph.sqlite"))
        }
        #expect(error?.code == .damaged)
    }

    @Test("a missing table is damage too, not the machine's fault")
    func table() throws {
        try change("DROP TABLE extraction")
        let error = #expect(throws: WorkspaceError.self) { try workspace.index.extractions(set: "a") }
        #expect(error?.code == .damaged)
    }
}
