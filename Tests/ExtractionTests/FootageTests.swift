import Extraction
import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

@Suite("Everyone's sets")
struct FootageTests {
    /// Person 1 throughout, person 2 beside in frames 4 to 15, person 3 alone at the end for three frames.
    private static func scene(_ frame: Int) -> [ObservedFace] {
        let first = face(of: 1, at: Point(50, 60), track: 0)
        let second = face(of: 2, at: Point(140, 60), track: 1)
        let third = face(of: 3, at: Point(100, 80), track: 2)
        return frame >= 20 ? [third] : (4..<16).contains(frame) ? [first, second] : [first]
    }

    private static func extract(
        _ workspace: Workspace, _ clips: [URL], observer: ScriptedObserver = ScriptedObserver(scene),
        fewest: Int = 5, reference: URL? = nil
    ) throws -> FootageSummary {
        let extractor = Extractor(workspace: workspace, set: "cast", observer: observer, batch: 5) { _ in }
        return try FootageExtractor(extractor, fewest: fewest).run(
            ClipSource.sources(at: clips), reference: reference)
    }

    @Test("each person gets a set of all its faces, the one seen most first; the seldom one stays behind")
    func sets() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 23)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let summary = try Self.extract(workspace, [clip])
        #expect(summary.new == ["cast-1", "cast-2"])
        #expect(summary.seldom == 1 && summary.unassigned == 3 && summary.frames == 23)
        #expect(summary.sets.map(\.faces.kept) == [20, 12] && summary.sets.map(\.faces.cropped) == [20, 12])
        #expect(try PackedSet(mapping: workspace.packed(set: "cast-1")).count == 20)
        let second = try PackedSet(mapping: workspace.packed(set: "cast-2"))
        #expect(try second.file.values("frame", as: Int32.self) == (4..<16).map { Int32($0) })
        #expect(try workspace.index.set("cast-2")?.identity == person(2))
        // Nothing is doubled: the footage keeps the seldom one's faces alone.
        #expect(try workspace.index.faces(set: "cast", clip: 1, kept: false).map(\.frame) == [20, 21, 22])
        let faces = try workspace.index.faces(set: "cast-1", clip: 1)
        #expect(faces.allSatisfy { ($0.likeness ?? 0) > 0.99 && $0.steady != nil && $0.quality != nil })
    }

    @Test("goes on after a death at any frame, and again costs nothing", arguments: [0, 6, 19, 22])
    func death(frame: Int) throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 23)
        let whole = try Workspace.small(scratch.url.appending(path: "whole"))
        _ = try Self.extract(whole, [clip])
        let broken = try Workspace.small(scratch.url.appending(path: "broken"))
        #expect(throws: ScriptedObserver.Death.self) {
            try Self.extract(broken, [clip], observer: ScriptedObserver(dies: frame, Self.scene))
        }
        _ = try Self.extract(broken, [clip])
        for set in ["cast-1", "cast-2"] {
            #expect(
                try Data(contentsOf: broken.packed(set: set)) == Data(contentsOf: whole.packed(set: set)))
        }
        let again = ScriptedObserver(Self.scene)
        let summary = try Self.extract(broken, [clip], observer: again)
        #expect(again.seen.isEmpty && summary.new.isEmpty && summary.sets.map(\.faces.kept) == [20, 12])
    }

    @Test("killed between telling apart and cutting, the crops are cut by the next run")
    func deathBeforeCrops() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 23)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        // A file where the second set's crops would lie lets the cutting fail.
        try FileManager.default.createDirectory(
            at: workspace.setsFolder, withIntermediateDirectories: true)
        let obstacle = workspace.cropsFolder(set: "cast-2")
        try Data().write(
            to: URL(filePath: obstacle.path.hasSuffix("/") ? String(obstacle.path.dropLast()) : obstacle.path)
        )
        #expect(throws: (any Error).self) { try Self.extract(workspace, [clip]) }
        #expect(try workspace.index.sets().map(\.name) == ["cast", "cast-1", "cast-2"])
        try FileManager.default.removeItem(at: obstacle)
        let again = ScriptedObserver(Self.scene)
        let summary = try Self.extract(workspace, [clip], observer: again)
        #expect(again.seen.isEmpty && summary.sets.map(\.faces.cropped) == [20, 12])
    }

    @Test("further clips: who is known keeps the set, who is new gets the next number")
    func further() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 18)
        let other = try makeClip(scratch.url.appending(path: "other"), frames: 30, from: 100)
        let script: (Int) -> [ObservedFace] = { frame in
            guard frame >= 100 else { return Self.scene(frame) }
            let known = face(of: 2, at: Point(50, 60), track: 7)
            return [known, face(of: 5, at: Point(140, 60), track: 8)]
        }
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(script))
        let observer = ScriptedObserver(script)
        let summary = try Self.extract(workspace, [clip, other], observer: observer)
        // Person 2 is now seen the most and keeps the number.
        #expect(summary.new == ["cast-3"] && summary.sets.map(\.set) == ["cast-1", "cast-2", "cast-3"])
        #expect(summary.sets.map(\.faces.kept) == [18, 42, 30] && observer.seen.first == 100)
        #expect(try workspace.index.set("cast-3")?.identity == person(5))
        let report = try Footage(workspace, name: "cast").report()
        #expect(report.map(\.clips) == [["clip"], ["clip", "other"], ["other"]])
    }

    @Test(
        "a reference names its person's set; numbers go around the name, and a name too long gives way to one",
        arguments: [
            ("bert", ["cast-1", "cast-bert"]), ("1", ["cast-2", "cast-1"]),
            ("20240115", ["cast-1", "cast-20240115"]),
            (String(repeating: "b", count: 60), ["cast-1", "cast-2"]),
        ])
    func reference(stem: String, sets: [String]) throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        let photo = try makeClip(scratch.url.appending(path: "photo"), frames: 1, from: 500)
        let bert = scratch.url.appending(path: "\(stem).png")
        try FileManager.default.moveItem(at: photo.appending(path: "frame-1500.png"), to: bert)
        let script: (Int) -> [ObservedFace] = { frame in
            frame == 500 ? [face(of: 2, at: Point(60, 60), track: 9)] : Self.scene(frame)
        }
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let summary = try Self.extract(
            workspace, [clip], observer: ScriptedObserver(script), reference: bert)
        #expect(summary.new == sets && summary.reference == sets[1])
        #expect(try workspace.index.set(sets[1])?.identity == person(2))
        // Who comes later gets the next number, not one behind a date.
        let other = try makeClip(scratch.url.appending(path: "other"), frames: 8, from: 100)
        let later = try Self.extract(
            workspace, [clip, other],
            observer: ScriptedObserver { frame in
                frame < 100 ? Self.scene(frame) : [face(of: 5, at: Point(60, 60), track: 0)]
            })
        #expect(later.new == [stem == "bert" || stem == "20240115" ? "cast-2" : "cast-3"])
    }

    @Test("one person's set and footage are not mixed up")
    func mixed() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip])
        for name in ["cast", "cast-1"] {
            let error = try #require(throws: ExtractionError.self) {
                try Extractor(workspace: workspace, set: name, observer: ScriptedObserver(Self.scene)) { _ in
                }
                .run(ClipSource.sources(at: [clip]))
            }
            #expect(error.message.contains("--everyone"))
        }
        let other = try Workspace.small(scratch.url.appending(path: "v"))
        _ = try Extractor(workspace: other, set: "cast", observer: ScriptedObserver(Self.scene)) { _ in }
            .run(ClipSource.sources(at: [clip]))
        let error = try #require(throws: ExtractionError.self) { try Self.extract(other, [clip]) }
        #expect(error.message.contains("belongs to one person"))
    }

    @Test("a stranger within a track is left out, with a remark, and counted")
    func stranger() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 40)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let summary = try Extractor(
            workspace: workspace, set: "a",
            observer: ScriptedObserver { frame in
                [face(of: (30..<33).contains(frame) ? 9 : 1, at: Point(80, 80), track: 0)]
            }
        ) { _ in }.run(ClipSource.sources(at: [clip]))
        #expect(summary.faces.kept == 37 && summary.otherPersons == 3)
        let faces = try workspace.index.faces(set: "a", clip: 1, kept: false)
        let out = faces.filter { $0.rejection == .otherPerson }
        #expect(
            out.map(\.frame) == [30, 31, 32] && out.allSatisfy { $0.remark?.hasPrefix("likeness 0") == true })
        #expect(try PackedSet(mapping: workspace.packed(set: "a")).count == 37)
        // Again it finds the same.
        #expect(try SetLikeness(workspace, set: "a").run() == 3)
        #expect(try workspace.index.faces(set: "a", clip: 1, kept: false) == faces)
    }

    @Test("clips need not be there where no crop is missing, and only the same clip is cut from")
    func movedClip() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip])
        let moves = try workspace.index.detections(ofSet: "cast-2").suffix(3).map {
            FaceMove($0.id, from: "cast-2", to: "bert")
        }
        try FaceTransfer(workspace)(
            moves, saving: [FaceSetRecord(name: "bert", settings: workspace.settings.extraction)])
        let elsewhere = scratch.url.appending(path: "elsewhere")
        try FileManager.default.moveItem(at: clip, to: elsewhere)
        let finish = { try FaceSetWriter(workspace, set: "bert") { _ in }.run() }
        #expect(try finish().faces.cropped == 3)
        #expect(try workspace.index.extraction(set: "bert", clip: 1).isCropped)
        try workspace.index.forgetCrops(ofSet: "bert")
        #expect(throws: MediaError.self) { try finish() }
        _ = try makeClip(clip, frames: 19)
        let error = try #require(throws: ExtractionError.self) { try finish() }
        #expect(error.message.contains("restore that video"))
        try FileManager.default.removeItem(at: clip)
        try FileManager.default.moveItem(at: elsewhere, to: clip)
        #expect(try finish().faces.cropped == 3)
    }

    @Test(
        "other settings cut the people's crops again, and leave out who is too small now, but tell nobody apart"
    )
    func otherSettings() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 23)
        var workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let observer = ScriptedObserver { frame in
            Self.scene(frame).map {
                $0.track == 1 ? face(of: 2, at: Point(140, 60), track: 1, width: 70) : $0
            }
        }
        _ = try Self.extract(workspace, [clip], observer: observer)
        workspace.settings.extraction.cropSize = 48
        // Three faces would be enough for a set now, had they not been told apart already.
        let smaller = try Self.extract(workspace, [clip], observer: observer, fewest: 2)
        #expect(smaller.new.isEmpty && smaller.unassigned == 3)
        #expect(smaller.sets.map(\.faces.cropped) == [20, 12])
        workspace.settings.extraction.minimumFaceWidth = 75
        let wider = try Self.extract(workspace, [clip], observer: observer)
        #expect(wider.sets.map(\.faces.kept) == [20, 0] && wider.sets[1].faces.rejected == ["tooSmall": 12])
        #expect(observer.seen.count == 23)
    }

    @Test("the contact sheet has a row a person")
    func sheet() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip])
        let people = try Footage(workspace, name: "cast").report()
        let sheet = try PeopleSheet(workspace, read: PictureFile.read).picture(title: "cast", people)
        let one = try PeopleSheet(workspace, read: PictureFile.read).picture(title: "cast", [people[0]])
        #expect(sheet.width == one.width && sheet.height - one.height == 128 + 6)
        #expect(people.map(\.faces) == [20, 12] && people[0].nearest?.set == "cast-2")
    }
}
