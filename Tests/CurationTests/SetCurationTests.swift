import Foundation
import Testing
import Workspace

@testable import Curation

@Suite("Curating a set")
struct SetCurationTests {
    private func packed(_ workspace: Workspace) throws -> [Int32] {
        try PackedSet(mapping: workspace.packed(set: "anna")).file.values("frame", as: Int32.self)
    }

    @Test("rules mark faces with the rule that fits; packing leaves them out; restoring brings them back")
    func rejectAndRestore() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        let marks = try curation.marks(by: [FaceRule("sharpness < 15"), FaceRule("yaw = 1 or yaw = 4")])
        try curation.mark(marks)
        let out = try curation.faces().filter { $0.rejection != nil }
        #expect(out.map(\.frame) == [0, 1, 4] && out.allSatisfy { $0.rejection == .byRule })
        #expect(out.map(\.remark) == ["sharpness < 15", "sharpness < 15", "yaw = 1 or yaw = 4"])
        #expect(try workspace.index.set("anna")?.isPacked == false)
        #expect(try packed(workspace) == [0, 1, 2, 3, 4, 5], "the old copy stays until it is packed")
        try curation.pack()
        #expect(try packed(workspace) == [2, 3, 5])
        // A second run finds nothing new.
        #expect(try curation.marks(by: [FaceRule("sharpness < 15")]).isEmpty)

        let back = try curation.restore(curation.rejected(for: .byRule, numbered: [out[2].id]))
        #expect(back == .init(restored: 1, withoutCrop: 0))
        try curation.pack()
        #expect(try packed(workspace) == [2, 3, 4, 5])
        #expect(try curation.faces()[4].remark == nil)
    }

    @Test(
        "faces are rejected by hand with a remark; unknown numbers and sets are errors that name what there is"
    )
    func byHand() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        try curation.mark(curation.marks(byHand: [2, 3], remark: "eyes red"))
        #expect(
            try curation.faces().filter { $0.rejection == .byHand }.map(\.remark) == ["eyes red", "eyes red"])
        #expect(try curation.rejected(for: .byRule).isEmpty)
        let unknown = try #require(throws: CurationError.self) { try curation.marks(byHand: [3, 900]) }
        #expect(unknown.code == .notFound && unknown.message.contains("no face 900;"))
        let set = try #require(throws: CurationError.self) { try SetCuration(workspace, set: "ann") }
        #expect(set.message.contains("there is no set 'ann'") && set.message.contains("existing sets: anna"))
    }

    @Test("what people decided outlasts the next extraction's own choice")
    func decisionsLast() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        let record = try #require(try workspace.index.set("anna"))
        let ids = try curation.faces().map(\.id)
        try workspace.index.judge([ids[5]: .otherPerson], set: record)
        _ = try curation.restore(curation.rejected(for: .otherPerson))
        try curation.mark([
            FaceMark(id: ids[0], rejection: .byHand),
            FaceMark(id: ids[1], rejection: .byRule, remark: "yaw = 1"),
            FaceMark(id: ids[2], rejection: .surplus, remark: "looks like face 4"),
        ])
        // As extraction would after a further video: everyone is the person but the faces 4 and 6.
        try workspace.index.judge(
            [ids[0]: nil, ids[1]: nil, ids[2]: nil, ids[3]: .otherPerson, ids[4]: nil, ids[5]: .otherPerson],
            set: record)
        let faces = try curation.faces()
        #expect(faces.map(\.rejection) == [.byHand, .byRule, .surplus, .otherPerson, nil, nil])
        #expect(faces[1].remark == "yaw = 1")
    }

    @Test("a restored face whose crop was deleted is cut again by the next extraction")
    func withoutCrop() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        let file = try #require(curation.crop(of: try curation.faces()[2]))
        try FileManager.default.removeItem(at: file)
        try curation.pack()
        #expect(try curation.faces()[2].rejection == .missing)
        let back = try curation.restore(curation.rejected())
        #expect(back == .init(restored: 1, withoutCrop: 1))
        let state = try #require(try workspace.index.extractions(set: "anna").first)
        #expect(!state.isCropped && state.nextCrop == 0)
        // Until then it is out of the packed copy, but not out of the set.
        try curation.pack()
        #expect(try packed(workspace) == [0, 1, 3, 4, 5] && curation.faces()[2].rejection == nil)
    }

    @Test("that a person put a face back outlasts its going out by a rule and coming back")
    func restoredStays() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        let record = try #require(try workspace.index.set("anna"))
        let id = try curation.faces()[5].id
        try workspace.index.judge([id: .otherPerson], set: record)
        _ = try curation.restore(curation.rejected(for: .otherPerson))
        try curation.mark(curation.marks(by: [FaceRule("yaw = 5")]))
        #expect(try curation.faces()[5].remark == "restored by hand; yaw = 5")
        _ = try curation.restore(curation.rejected(for: .byRule))
        try workspace.index.judge([id: .otherPerson], set: record)
        #expect(try curation.faces()[5].rejection == nil)
    }

    @Test("a packing that was broken off is made up for, though nothing has changed since")
    func brokenPacking() throws {
        let scratch = try Scratch()
        let workspace = try Workspace.furnished(scratch.url)
        let curation = try SetCuration(workspace, set: "anna")
        let file = try #require(curation.crop(of: try curation.faces()[2]))
        try FileManager.default.removeItem(at: file)
        #expect(throws: CancellationError.self) {
            try SetPacking(workspace, set: "anna", read: { _ in throw CancellationError() }).run()
        }
        #expect(try packed(workspace) == [0, 1, 2, 3, 4, 5])
        try curation.pack()
        #expect(try packed(workspace) == [0, 1, 3, 4, 5])
    }
}
