import Curation
import Faces
import Foundation
import Media
import Testing
import Workspace

/// Crops that are not where the index says: absence is no decision of a person.
@Suite("Missing crops")
struct MissingCropTests {
    private let scratch: Scratch
    private let workspace: Workspace
    private let crops: URL

    init() throws {
        scratch = try Scratch()
        workspace = try furnished(scratch["w"])
        crops = workspace.cropsFolder(set: "a")
        try curation().pack()
    }

    private func curation() throws -> SetCuration { try SetCuration(workspace, set: "a") }

    private func rejections() throws -> [FaceRecord.Rejection?] { try curation().faces().map(\.rejection) }

    private var packedFaces: Int { get throws { try PackedSet(mapping: workspace.packed(set: "a")).count } }

    private func move(_ path: String, away: Bool) throws {
        let (here, there) = (scratch["w/sets/\(path)"], scratch["away-\(path.replacing("/", with: "-"))"])
        try FileManager.default.moveItem(at: away ? here : there, to: away ? there : here)
    }

    private func expectRefused(_ body: () throws -> Void, _ words: String = "is missing") throws {
        let before = try Data(contentsOf: workspace.packed(set: "a"))
        let error = try #require(throws: WorkspaceError.self) { try body() }
        #expect(error.code == .filesMissing && error.isBadInput && error.message.contains(words), "\(error)")
        #expect(try rejections().allSatisfy { $0 == nil })
        #expect(
            try Data(contentsOf: workspace.packed(set: "a")) == before
                && workspace.index.set("a")?.isPacked == true)
    }

    @Test(
        "a folder that is away is an error that changes nothing; afterwards all is as it was",
        arguments: ["a", "a/1-take1"])
    func folder(path: String) throws {
        try move(path, away: true)
        try expectRefused { try curation().pack() }
        try expectRefused { _ = try FaceSetExport(workspace).run(to: scratch["export"]) }
        try expectRefused { _ = try MaskClearing(workspace, set: "a").run() }
        try expectRefused { _ = try FaceImport(workspace).run(scratch["w"]) }
        try expectRefused { _ = try FaceRegrouping(workspace).split("a", selection(1), into: "b") }
        #expect(try workspace.index.set("b") == nil)
        try move(path, away: false)
        try curation().pack()
        #expect(try packedFaces == 6 && rejections().allSatisfy { $0 == nil })
    }

    @Test("so is an empty folder in its place, as a mount point without its disk is")
    func mountPoint() throws {
        try move("a", away: true)
        try Workspace.makeFolder(crops)
        try expectRefused { try curation().pack() }
        try FileManager.default.removeItem(at: crops)
        try move("a", away: false)
    }

    @Test("most crops missing is an error; a few are marked missing until they are back")
    func few() throws {
        for number in 0..<4 { try move("a/1-take1/00000\(number).png", away: true) }
        try expectRefused({ try curation().pack() }, "4 of 6 crops of the set 'a' are missing")
        for number in 2..<4 { try move("a/1-take1/00000\(number).png", away: false) }
        let found = try curation().pack()
        #expect(found.gone.count == 2 && found.absent == 2)
        #expect(try rejections() == [.missing, .missing, nil, nil, nil, nil] && packedFaces == 4)
        // Nothing more is to be done the next time.
        #expect(try curation().pack().gone.isEmpty && packedFaces == 4)
        for number in 0..<2 { try move("a/1-take1/00000\(number).png", away: false) }
        #expect(try curation().pack().back.count == 2)
        #expect(try rejections().allSatisfy { $0 == nil } && packedFaces == 6)
    }

    @Test("a face left out by hand stays so whether its crop is there or not")
    func byHand() throws {
        let ids = try curation().faces().map(\.id)
        try curation().mark(curation().marks(byHand: [ids[0]]))
        try move("a/1-take1/000000.png", away: true)
        try move("a/1-take1/000001.png", away: true)
        try curation().pack()
        #expect(try rejections().prefix(3) == [.byHand, .missing, nil])
        try move("a/1-take1/000000.png", away: false)
        try move("a/1-take1/000001.png", away: false)
        try curation().pack()
        #expect(try rejections().prefix(3) == [.byHand, nil, nil])
    }

    @Test("that a person put a face back is not forgotten while its crop is missing")
    func restored() throws {
        let record = try #require(try workspace.index.set("a"))
        let id = try curation().faces()[0].id
        try workspace.index.judge([id: .otherPerson], set: record)
        _ = try curation().restore(curation().rejected())
        try move("a/1-take1/000000.png", away: true)
        try curation().pack()
        try move("a/1-take1/000000.png", away: false)
        try curation().pack()
        #expect(try curation().faces()[0].remark == FaceRecord.restored && packedFaces == 6)
    }

    @Test("lost crops are given up by restoring them: the next extraction cuts them again")
    func givenUp() throws {
        try FileManager.default.removeItem(at: crops)
        let lost = try curation().rejected(for: .missing)
        #expect(lost.count == 6)
        let restoration = try curation().restore(lost)
        #expect(restoration.restored == 6 && restoration.withoutCrop == 6)
        let state = try #require(try workspace.index.extractions(set: "a").first)
        #expect(!state.isCropped && state.nextCrop == 0)
        // Until they are cut the packed copy stays as it was.
        let error = try #require(throws: WorkspaceError.self) { try curation().pack() }
        #expect(error.code == .notFound && error.message.contains("no face of the set 'a' is left to pack"))
        #expect(try packedFaces == 6)
    }

    @Test("a packed set is not replaced by an empty one")
    func emptied() throws {
        try curation().mark(curation().marks(byHand: curation().faces().map(\.id)))
        let error = try #require(throws: WorkspaceError.self) { try curation().pack() }
        #expect(error.isBadInput && error.message.contains("excluded: 6 byHand"))
        #expect(try packedFaces == 6)
    }

    @Test("faces that go to another set keep that their crop is missing, and come back there")
    func moved() throws {
        try move("a/1-take1/000001.png", away: true)
        _ = try FaceRegrouping(workspace).split("a", selection(1, 2), into: "b")
        let face = try #require(try workspace.index.summaries(ofSet: "b").first { $0.frame == 7 })
        #expect(face.rejection == .missing && face.cropFile == "1-take1/000001.png")
        try FileManager.default.moveItem(
            at: scratch["away-a-1-take1-000001.png"],
            to: workspace.cropsFolder(set: "b").appending(path: "1-take1/000001.png"))
        try SetCuration(workspace, set: "b").pack()
        #expect(try PackedSet(mapping: workspace.packed(set: "b")).count == 2)
    }

    @Test("a painted mask that is missing is an error, and is not given up by packing or moving its face")
    func masks() throws {
        _ = try MaskExport(workspace, set: "a").run(to: scratch["masks"])
        _ = try MaskImport(workspace, set: "a").run(scratch["masks"])
        try FileManager.default.removeItem(at: crops.appending(path: "masks"))
        let changes: [() throws -> Void] = [
            { _ = try FaceRegrouping(workspace).split("a", selection(1), into: "b") },
            {
                var record = try #require(try workspace.index.set("a"))
                record.isPacked = false
                try workspace.index.save(record)
                try curation().pack()
            },
        ]
        for change in changes {
            let error = try #require(throws: WorkspaceError.self) { try change() }
            #expect(error.code == .filesMissing && error.message.contains("a mask that was imported"))
            #expect(try workspace.index.set("b") == nil && workspace.index.masks(ofSet: "a").count == 6)
        }
    }

    private func selection(_ numbers: Int...) -> FaceSelection {
        var selection = FaceSelection()
        selection.faces = numbers.map { "1-take1/00000\($0).png" }
        return selection
    }
}
