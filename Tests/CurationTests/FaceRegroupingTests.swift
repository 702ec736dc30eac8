import Curation
import Faces
import Foundation
import Pictures
import Testing
import Workspace

/// A workspace with footage `cast` of one clip and two people, `cast-1` (track 0) and `cast-2` (tracks 1 and 2), whose crops are
/// files that hold the face's own words.
private struct Stage {
    let folder: URL
    let workspace: Workspace

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "dimorph test \(UUID().uuidString)")
        workspace = try Workspace.open(folder, create: true)
        try add(footage: nil, set: "cast", clip: "a", tracks: [])
        try add(footage: "cast", set: "cast-1", clip: "a", tracks: [(0, 1, 0..<10)])
        try add(footage: "cast", set: "cast-2", clip: "a", tracks: [(1, 2, 0..<6), (2, 3, 6..<12)])
    }

    func clear() { try? FileManager.default.removeItem(at: folder) }

    func add(
        footage: String?, set: String, clip: String, tracks: [(track: Int, who: Int, frames: Range<Int>)]
    ) throws {
        try workspace.index.save(
            FaceSetRecord(
                name: set, settings: workspace.settings.extraction, isPacked: true, footage: footage))
        let record = try workspace.index.enter(
            ClipRecord(
                path: "/videos/\(clip).mp4", fingerprint: Fingerprint(size: 5, hash: clip), width: 384,
                height: 384,
                frameRate: 25))
        var state = try workspace.index.extraction(set: set, clip: record.id ?? 0)
        (state.isAnalysed, state.isCropped) = (true, true)
        let faces = tracks.flatMap { track, who, frames in
            frames.map { frame in
                var face = FaceRecord(
                    setName: set, clip: state.clip, frame: frame, time: Double(frame) / 25,
                    face: Self.face(who, track: track))
                face.cropFile = "\(state.clip)-\(clip)/\(100 + frame).jpg"
                return face
            }
        }
        for face in faces {
            let file = workspace.cropsFolder(set: set).appending(path: face.cropFile ?? "")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("\(clip) \(face.frame) \(face.face.track)".utf8).write(to: file)
        }
        try workspace.index.commit(faces, state)
    }

    static func face(_ who: Int, track: Int) -> ObservedFace {
        let points = (0..<FaceLandmarks.count).map { Point(100 + Double($0 % 64), 80 + Double($0 * 53 % 64)) }
        return ObservedFace(
            box: Box(x: 100, y: 80, width: 64, height: 64), score: 1,
            landmarks: FaceLandmarks(
                points: points, depths: [Float](repeating: 0, count: points.count), presence: 1),
            alignment: FaceAlignment(toUnit: SimilarityTransform(a: 0.0125, b: 0, tx: -1, ty: -1)),
            pose: HeadPose(yaw: 0, pitch: 0, roll: 0), expression: .neutral,
            embedding: Embedding(values: (0..<128).map { $0 == who ? 1 : 0 }), track: track)
    }

    func faces(_ set: String) throws -> [FaceRecord] {
        try workspace.index.clips(ofSet: set).flatMap {
            try workspace.index.faces(set: set, clip: $0.id ?? 0, kept: false)
        }
    }

    /// What the crops of a set's faces say.
    func words(_ set: String) throws -> [String] {
        try faces(set).map { face in
            try String(
                contentsOf: workspace.cropsFolder(set: set).appending(path: face.cropFile ?? "none"),
                encoding: .utf8)
        }
    }
}

@Suite("Merging and splitting sets")
struct FaceRegroupingTests {
    @Test("merged, all faces are in the first set with their crops, and the second is gone")
    func merge() throws {
        let stage = try Stage()
        defer { stage.clear() }
        let outcome = try FaceRegrouping(stage.workspace).merge("cast-1", with: "cast-2", into: "anna")
        // Frames 0 to 9 had a face of both.
        #expect(outcome.into == "anna" && outcome.changed == ["anna"])
        #expect(outcome.moved == 22 && outcome.duplicates == 10)
        #expect(try stage.workspace.index.sets().map(\.name) == ["anna", "cast"])
        #expect(try stage.workspace.index.set("anna")?.footage == "cast")
        #expect(try stage.workspace.index.set("anna")?.isPacked == false)
        let faces = try stage.faces("anna")
        #expect(
            faces.filter { $0.rejection == .duplicate }.map(\.face.track) == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2])
        #expect(faces.filter { $0.rejection == nil }.count == 12)
        #expect(try stage.words("anna") == faces.map { "a \($0.frame) \($0.face.track)" })
        #expect(try stage.workspace.index.extraction(set: "anna", clip: 1).isAnalysed)
        for set in ["cast-1", "cast-2"] {
            #expect(!FileManager.default.fileExists(atPath: stage.workspace.cropsFolder(set: set).path))
        }
    }

    @Test("sets of other footage keep their tracks apart, and what was left out stays left out")
    func foreign() throws {
        let stage = try Stage()
        defer { stage.clear() }
        try stage.add(footage: nil, set: "bert", clip: "a", tracks: [(0, 1, 20..<25), (1, 7, 30..<33)])
        let other = try stage.faces("bert").filter { $0.face.track == 1 }.compactMap(\.id)
        let record = try #require(try stage.workspace.index.set("bert"))
        try stage.workspace.index.judge(
            Dictionary(uniqueKeysWithValues: other.map { ($0, .otherPerson) }), set: record)
        _ = try FaceRegrouping(stage.workspace).merge("cast-1", with: "bert")
        let faces = try stage.faces("cast-1")
        #expect(faces.count == 18)
        #expect(Set(faces.filter { $0.frame >= 20 && $0.frame < 30 }.map(\.face.track)) == [3])
        #expect(
            faces.filter { $0.frame >= 30 }.allSatisfy { $0.rejection == .otherPerson && $0.face.track == 4 })
        // Not on the numbers of another set of the footage, either.
        try stage.add(footage: nil, set: "carl", clip: "a", tracks: [(0, 2, 0..<3), (1, 2, 3..<6)])
        _ = try FaceRegrouping(stage.workspace).merge("cast-1", with: "carl")
        _ = try FaceRegrouping(stage.workspace).merge("cast-1", with: "cast-2")
        #expect(try stage.faces("cast-1").count == 36)
    }

    @Test("two sets of one film become either of them, whose own tracks then bear other numbers")
    func sameFilm() throws {
        let stage = try Stage()
        defer { stage.clear() }
        try stage.add(footage: nil, set: "anna", clip: "a", tracks: [(0, 1, 0..<5)])
        try stage.add(footage: nil, set: "bob", clip: "a", tracks: [(0, 2, 0..<5)])
        _ = try FaceRegrouping(stage.workspace).merge("anna", with: "bob", into: "bob")
        let faces = try stage.faces("bob")
        #expect(faces.filter { $0.rejection == nil }.map(\.face.track) == [0, 0, 0, 0, 0])
        #expect(faces.filter { $0.rejection == .duplicate }.map(\.face.track) == [3, 3, 3, 3, 3])
        // A person of footage who keeps the name stays one of its people.
        _ = try FaceRegrouping(stage.workspace).merge("bob", with: "cast-1", into: "cast-1")
        #expect(try stage.workspace.index.set("cast-1")?.footage == "cast")
    }

    @Test("a transfer that the index refuses says so, and leaves no file behind")
    func collision() throws {
        let stage = try Stage()
        defer { stage.clear() }
        try stage.add(footage: nil, set: "anna", clip: "a", tracks: [(0, 1, 0..<5)])
        let moves = try stage.faces("anna").compactMap(\.id).map { FaceMove($0, from: "anna", to: "cast-1") }
        let error = try #require(throws: WorkspaceError.self) {
            try FaceTransfer(stage.workspace)(moves, saving: [], removing: ["anna"])
        }
        #expect(error.message.contains("nothing was changed") && !error.message.contains("delete"))
        #expect(try stage.words("anna").count == 5 && stage.words("cast-1").count == 10)
        let folder = stage.workspace.cropsFolder(set: "cast-1").appending(path: "1-a")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 10)
    }

    @Test(
        "a crop that a person deleted leaves its face out; a missing mask is an error; restored faces stay so"
    )
    func missing() throws {
        let stage = try Stage()
        defer { stage.clear() }
        let index = stage.workspace.index
        let ids = try stage.faces("cast-2").compactMap(\.id)
        try index.enterMasks([ids[1]: "masks/1-a/101.png"], set: "cast-2")
        try index.mark([FaceMark(id: ids[10], rejection: nil, remark: FaceRecord.restored)], inSet: "cast-2")
        try FileManager.default.removeItem(
            at: stage.workspace.cropsFolder(set: "cast-2").appending(path: "1-a/111.jpg"))
        let error = #expect(throws: (any Error).self) {
            try FaceRegrouping(stage.workspace).merge("cast-2", with: "cast-1", into: "anna")
        }
        #expect("\(try #require(error))".contains("masks/1-a/101.png is missing"))
        #expect(try stage.faces("cast-2").count == ids.count)
        let masks = stage.workspace.cropsFolder(set: "cast-2").appending(path: "masks/1-a")
        try FileManager.default.createDirectory(at: masks, withIntermediateDirectories: true)
        try Data("mask".utf8).write(to: masks.appending(path: "101.png"))
        _ = try FaceRegrouping(stage.workspace).merge("cast-2", with: "cast-1", into: "anna")
        let faces = try stage.faces("anna").filter { $0.face.track > 0 }
        #expect(faces.first { $0.id == ids[1] }?.maskFile != nil)
        #expect(faces.filter { $0.rejection != nil }.map(\.frame) == [11])
        #expect(faces.first { $0.id == ids[10] }?.remark == FaceRecord.restored)
    }

    @Test("a person's tracks are split off by one crop")
    func splitPerson() throws {
        let stage = try Stage()
        defer { stage.clear() }
        var choice = FaceSelection()
        choice.peopleOf = ["sets/cast-2/1-a/107.jpg"]
        let outcome = try FaceRegrouping(stage.workspace).split("cast-2", choice, into: "carl")
        #expect(outcome.into == "carl" && outcome.changed == ["cast-2", "carl"])
        #expect(outcome.moved == 6 && outcome.duplicates == 0)
        #expect(try stage.faces("carl").map(\.frame) == Array(6..<12))
        #expect(try stage.words("carl") == (6..<12).map { "a \($0) 2" })
        #expect(try stage.faces("cast-2").map(\.frame) == Array(0..<6))
        #expect(try stage.workspace.index.set("carl")?.footage == "cast")
        let old = stage.workspace.cropsFolder(set: "cast-2").appending(path: "1-a/107.jpg")
        #expect(!FileManager.default.fileExists(atPath: old.path))
    }

    @Test("a track, or one face, goes to a set that there is; back again all is as before")
    func back() throws {
        let stage = try Stage()
        defer { stage.clear() }
        let before = try (stage.words("cast-1"), stage.words("cast-2"))
        var track = FaceSelection()
        track.tracks = ["2"]
        _ = try FaceRegrouping(stage.workspace).split("cast-2", track, into: "cast-1")
        // Frames 6 to 9 are taken by the person's own faces.
        #expect(try stage.faces("cast-1").filter { $0.rejection == .duplicate }.map(\.frame) == [6, 7, 8, 9])
        _ = try FaceRegrouping(stage.workspace).split("cast-1", track, into: "cast-2")
        #expect(try (stage.words("cast-1"), stage.words("cast-2")) == before)
        #expect(try stage.faces("cast-2").allSatisfy { $0.rejection == nil })
        var face = FaceSelection()
        face.faces = ["1-a/103", "3"]
        _ = try FaceRegrouping(stage.workspace).split("cast-1", face, into: "one")
        #expect(try stage.faces("one").map(\.frame) == [2, 3])
    }

    @Test(
        "of two sets cut differently, the one whose name stays keeps its crops; the other's are cut anew",
        arguments: ["cast-1", "cast-2", "anna"])
    func otherSettings(target: String) throws {
        let stage = try Stage()
        defer { stage.clear() }
        let (index, regrouping) = (stage.workspace.index, FaceRegrouping(stage.workspace))
        for name in ["cast-1", "cast-2"] {
            var record = try #require(try index.set(name))
            record.settings.cropSize = name == "cast-1" ? 512 : 64
            try index.save(record)
        }
        let follows = target == "cast-2" ? "cast-1" : "cast-2"
        let ids = try stage.faces(follows).compactMap(\.id)
        // Neither crops whose clip is gone are lost, nor masks that would not fit.
        let gone = try #require(throws: CurationError.self) {
            try regrouping.merge("cast-1", with: "cast-2", into: target)
        }
        #expect(gone.message.contains("/videos/a.mp4 is missing"))
        var track = FaceSelection()
        track.tracks = ["1"]
        #expect(throws: CurationError.self) { try regrouping.split("cast-2", track, into: "cast-1") }
        var clip = try #require(try index.clips(ofSet: "cast-1").first)
        clip.path = stage.folder.appending(path: "dimorph.toml").path
        _ = try index.enter(clip)
        try index.enterMasks([ids[0]: "masks/1-a/100.png"], set: follows)
        let painted = try #require(throws: WorkspaceError.self) {
            try regrouping.merge("cast-1", with: "cast-2", into: target)
        }
        #expect(painted.message.contains("imported or refined masks"))
        #expect(try stage.words("cast-1").count == 10 && stage.words("cast-2").count == 12)
        try index.enterMasks([ids[0]: nil], set: follows)

        _ = try regrouping.merge("cast-1", with: "cast-2", into: target)
        #expect(try index.set(target)?.settings.cropSize == (follows == "cast-1" ? 64 : 512))
        for face in try stage.faces(target) {
            #expect((face.cropFile == nil) == ids.contains(face.id ?? 0))
        }
        #expect(try !index.extraction(set: target, clip: 1).isCropped)
    }

    @Test("what cannot be is refused with words, and changes nothing")
    func refused() throws {
        let stage = try Stage()
        defer { stage.clear() }
        let regrouping = FaceRegrouping(stage.workspace)
        func message(_ body: () throws -> Void) throws -> String {
            try #require(throws: CurationError.self, performing: body).message
        }
        #expect(try message { _ = try regrouping.merge("cast-1", with: "cast-1") }.contains("itself"))
        #expect(try message { _ = try regrouping.merge("cast-1", with: "no") }.contains("no set 'no'"))
        #expect(try message { _ = try regrouping.merge("cast-1", with: "cast") }.contains("footage"))
        #expect(
            try message { _ = try regrouping.merge("cast-1", with: "cast-2", into: "cast") }.contains(
                "already"))
        var choice = FaceSelection()
        choice.tracks = ["0"]
        #expect(try message { _ = try regrouping.split("cast-1", choice, into: "x") }.contains("all faces"))
        choice.tracks = ["9"]
        #expect(try message { _ = try regrouping.split("cast-2", choice, into: "x") }.contains("track 9"))
        choice.tracks = ["soon"]
        #expect(try message { _ = try regrouping.split("cast-2", choice, into: "x") }.contains("CLIP:TRACK"))
        choice.tracks = []
        choice.faces = ["1-a/999.jpg"]
        #expect(
            try message { _ = try regrouping.split("cast-2", choice, into: "x") }.contains(
                "no face 1-a/999.jpg"))
        #expect(try stage.workspace.index.sets().map(\.name) == ["cast", "cast-1", "cast-2"])
    }

    @Test("told apart anew, sets keep their names by their faces, and crops go with them")
    func relabel() throws {
        let stage = try Stage()
        defer { stage.clear() }
        // cast-2 holds two people: told apart anew, the one with more of its faces inherits the name.
        var choice = FaceSelection()
        choice.faces = ["1-a/105.jpg"]
        _ = try FaceRegrouping(stage.workspace).split("cast-2", choice, into: "cast-1")
        let outcome = try Footage(stage.workspace, name: "cast").assignPeople(
            fewest: 3, likeness: nil, fromScratch: true)
        #expect(outcome.new == ["cast-3"] && outcome.unassigned == 0)
        #expect(try stage.faces("cast-1").map(\.face.track) == [Int](repeating: 0, count: 10))
        #expect(try stage.words("cast-2") == (6..<12).map { "a \($0) 2" })
        #expect(try stage.words("cast-3") == (0..<6).map { "a \($0) 1" })
        try Footage(stage.workspace, name: "cast").requireFootage()
        let few = try Footage(stage.workspace, name: "cast").assignPeople(
            fewest: 8, likeness: nil, fromScratch: true)
        #expect(few.unassigned == 12 && few.seldom == 2)
        #expect(try stage.workspace.index.sets().map(\.name) == ["cast", "cast-1"])
        // Nobody has a set left: what stays behind has crops, and still is footage.
        _ = try Footage(stage.workspace, name: "cast").assignPeople(
            fewest: 99, likeness: nil, fromScratch: true)
        try Footage(stage.workspace, name: "cast").requireFootage()
    }

    @Test("footage that is not looked at to its end waits, and one person's set is none")
    func notToldApart() throws {
        let stage = try Stage()
        defer { stage.clear() }
        let footage = Footage(stage.workspace, name: "cast")
        var state = try stage.workspace.index.extraction(set: "cast", clip: 1)
        (state.isAnalysed, state.isCropped) = (false, false)
        try stage.workspace.index.commit([FaceRecord](), state)
        #expect(
            try #require(throws: WorkspaceError.self) { try footage.requireFootage() }.message.contains(
                "completely")
        )
        // Even so the clip stays one whose faces have yet to be given to their people.
        _ = try footage.assignPeople(fewest: 3, likeness: nil, fromScratch: true)
        #expect(try !footage.isAssigned())
        try stage.add(footage: nil, set: "imported", clip: "b", tracks: [(0, 1, 0..<4)])
        let imported = Footage(stage.workspace, name: "imported")
        #expect(
            try #require(throws: WorkspaceError.self) { try imported.requireFootage() }.message.contains(
                "not footage"))
    }
}
