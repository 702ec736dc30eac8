import Extraction
import Faces
import Foundation
import Media
import Pictures
import Synchronization
import Testing
import Workspace

@Suite("Extractor")
struct ExtractorTests {
    /// One person who moves slowly to the right; no face in frame 7.
    private static func walk(_ frame: Int) -> [ObservedFace] {
        frame == 7 ? [] : [face(of: 1, at: Point(80 + Double(frame) / 2, 80), track: frame < 7 ? 0 : 1)]
    }

    private static func extract(
        _ workspace: Workspace, _ clips: [URL], observer: ScriptedObserver, reference: URL? = nil,
        batch: Int = 5
    ) throws -> ExtractionSummary {
        try Extractor(workspace: workspace, set: "a", observer: observer, batch: batch) { _ in }
            .run(ClipSource.sources(at: clips), reference: reference)
    }

    @Test("takes every face of a clip, as crops, index and packed set")
    func plain() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let summary = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        #expect(summary.faces.kept == 19 && summary.faces.cropped == 19 && summary.frames == 20)
        let counts = try #require(summary.clips.first)
        #expect(summary.clips.count == 1 && counts.name == "clip" && counts.frames == 20)
        #expect(counts.framesWithoutFace == 1 && counts.unreadableFrames == 0 && counts.unreadable.isEmpty)
        let set = try PackedSet(mapping: workspace.packed(set: "a"))
        #expect(set.count == 19 && set.size == 32)
        #expect(try set.file.values("frame", as: Int32.self) == (0..<20).filter { $0 != 7 }.map(Int32.init))
        // The crop shows what the alignment says: the clip's green, and the packed picture is the file, shrunk.
        let file = workspace.cropsFolder(set: "a").appending(path: "1-clip/000003.png")
        let crop = try PictureFile.read(file)
        #expect(crop.width == 64 && crop.height == 64)
        #expect(try set.picture(3) == crop.resized(width: 32, height: 32))
        #expect(try workspace.index.set("a")?.identity == person(1))
    }

    @Test(
        "goes on after a death at any frame, losing and doubling nothing",
        arguments: [0, 1, 4, 5, 6, 7, 8, 13, 19])
    func death(frame: Int) throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        let whole = try Workspace.small(scratch.url.appending(path: "whole"))
        _ = try Self.extract(whole, [clip], observer: ScriptedObserver(Self.walk))
        let broken = try Workspace.small(scratch.url.appending(path: "broken"))
        #expect(throws: ScriptedObserver.Death.self) {
            try Self.extract(broken, [clip], observer: ScriptedObserver(dies: frame, Self.walk))
        }
        let resumed = try Workspace.small(scratch.url.appending(path: "broken"))
        let second = ScriptedObserver(Self.walk)
        _ = try Self.extract(resumed, [clip], observer: second)
        // Whole batches before the death are not looked at again.
        #expect(second.seen.first == frame / 5 * 5)
        let faces = try whole.index.faces(set: "a", clip: 1)
        #expect(try resumed.index.faces(set: "a", clip: 1) == faces)
        #expect(
            try Data(contentsOf: resumed.packed(set: "a")) == Data(contentsOf: whole.packed(set: "a")))
    }

    @Test("a finished set costs nothing again")
    func finished() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 9)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        let packed = workspace.packed(set: "a")
        let before = try FileManager.default.attributesOfItem(atPath: packed.path)[.modificationDate] as? Date
        let again = ScriptedObserver(Self.walk)
        let summary = try Self.extract(workspace, [clip], observer: again)
        #expect(again.seen.isEmpty && summary.faces.kept == 8)
        #expect(
            try FileManager.default.attributesOfItem(atPath: packed.path)[.modificationDate] as? Date
                == before)
    }

    @Test("a cancelled run stops at once and keeps what it found in whole segments")
    func cancelled() async throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 30)
        let folder = scratch.url.appending(path: "w")
        let running = Mutex<Task<Void, any Error>?>(nil)
        let task = Task {
            let observer = ScriptedObserver { frame in
                if frame == 11 {
                    while running.withLock({ $0 == nil }) { usleep(1000) }
                    running.withLock { $0?.cancel() }
                    usleep(400_000)
                }
                return Self.walk(frame)
            }
            _ = try Self.extract(try Workspace.small(folder), [clip], observer: observer)
        }
        running.withLock { $0 = task }
        await #expect(throws: CancellationError.self) { try await task.value }
        let workspace = try Workspace.small(folder)
        let next = try workspace.index.extraction(set: "a", clip: 1).nextFrame
        #expect(next == 5 || next == 10)
        let second = ScriptedObserver(Self.walk)
        let summary = try Self.extract(workspace, [clip], observer: second)
        #expect(second.seen.first == next && summary.faces.kept == 29)
    }

    @Test("a crop that is missing leaves the set, another clip joins it")
    func curated() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 6)
        let other = try makeClip(scratch.url.appending(path: "other"), frames: 4, from: 20)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        try FileManager.default.removeItem(
            at: workspace.cropsFolder(set: "a").appending(path: "1-clip/000002.png"))
        let summary = try Self.extract(workspace, [clip, other], observer: ScriptedObserver(Self.walk))
        #expect(summary.faces.rejected == ["missing": 1] && summary.faces.kept == 9)
        let set = try PackedSet(mapping: workspace.packed(set: "a"))
        #expect(try set.file.values("frame", as: Int32.self) == [0, 1, 3, 4, 5, 0, 1, 2, 3])
        #expect(try set.file.values("clip", as: Int32.self) == [1, 1, 1, 1, 1, 2, 2, 2, 2])
        // Without the first clip it is another set.
        let error = try #require(throws: WorkspaceError.self) {
            try Self.extract(workspace, [other], observer: ScriptedObserver(Self.walk))
        }
        #expect(error.code == .mismatch && error.message.contains("clip"))
    }

    @Test("a further clip in which somebody else is seen longer does not change whose set it is")
    func joinedByOthers() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 6)
        let other = try makeClip(scratch.url.appending(path: "other"), frames: 12, from: 20)
        let copy = try makeClip(scratch.url.appending(path: "other again"), frames: 12, from: 20)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        func script(_ frame: Int) -> [ObservedFace] {
            guard frame >= 20 else { return Self.walk(frame) }
            let stranger = face(of: 7, at: Point(138, 80), track: 11, width: 60)
            return frame < 24 ? [face(of: 1, at: Point(60, 80), track: 10, width: 60), stranger] : [stranger]
        }
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(script))
        let person = try #require(try workspace.index.set("a")?.identity)
        let summary = try Self.extract(workspace, [clip, other], observer: ScriptedObserver(script))
        #expect(summary.faces.kept == 10 && summary.faces.rejected == ["otherPerson": 12])
        #expect(try #require(try workspace.index.set("a")?.identity).cosine(person) > 0.99)
        // The same pictures under another name are no further clip.
        _ = try Self.extract(workspace, [clip, other, copy], observer: ScriptedObserver(script))
        #expect(try workspace.index.count(ofSet: "a").seen == 22)

        // Put back by hand, the others' crops lie beside those of the same frames and not over them.
        let strangers = try workspace.index.summaries(ofSet: "a").filter { $0.rejection != nil }
        try workspace.index.mark(
            strangers.map { FaceMark(id: $0.id, rejection: nil, remark: FaceRecord.restored) }, inSet: "a")
        try workspace.index.reopenCrops(ofSet: "a")
        let all = try Self.extract(workspace, [clip, other], observer: ScriptedObserver(script))
        #expect(all.faces.kept == 22 && all.faces.cropped == 22)
        let files = Set(try workspace.index.summaries(ofSet: "a").compactMap(\.cropFile))
        #expect(files.count == 22 && files.contains("2-other/000000.png"))
    }

    @Test("changed settings cut the crops anew without looking at the frames again")
    func changed() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 6)
        var workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        workspace.settings.extraction.crop = .whole
        workspace.settings.extraction.packedSize = 40
        let again = ScriptedObserver(Self.walk)
        _ = try Self.extract(workspace, [clip], observer: again)
        let set = try PackedSet(mapping: workspace.packed(set: "a"))
        #expect(again.seen.isEmpty && set.size == 40 && set.crop == .whole && set.count == 6)
    }

    @Test("painted masks are not lost to crops that would lie elsewhere")
    func masks() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 4)
        var workspace = try Workspace.small(scratch.url.appending(path: "w"))
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        let crops = workspace.cropsFolder(set: "a")
        try Workspace.makeFolder(crops.appending(path: Workspace.masksName))
        try PictureFile.write(Plane(width: 64, height: 64), to: crops.appending(path: "masks/1.png"))
        try workspace.index.enterMasks([1: "masks/1.png"], set: "a")
        workspace.settings.extraction.crop = .whole
        let error = #expect(throws: WorkspaceError.self) {
            _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        }
        #expect(error?.code == .mismatch && error?.message.contains("1 imported or refined masks") == true)
        // Another packed size leaves the crops where they are.
        workspace.settings.extraction.crop = .full
        workspace.settings.extraction.packedSize = 40
        _ = try Self.extract(workspace, [clip], observer: ScriptedObserver(Self.walk))
        let set = try PackedSet(mapping: workspace.packed(set: "a"))
        #expect(try set.size == 40 && set.mask(0).values.allSatisfy { $0 == 0 })
        #expect(try set.mask(1).values.contains { $0 > 0.5 })
    }

    @Test("of two people the one in more frames is taken, or the one like the reference")
    func people() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 12)
        let photo = try makeClip(scratch.url.appending(path: "photo"), frames: 1, from: 500)
            .appending(path: "frame-1500.png")
        let script: (Int) -> [ObservedFace] = { frame in
            if frame == 500 { return [face(of: 2, at: Point(60, 60), track: 9)] }
            let first = face(of: 1, at: Point(50, 60), track: 0)
            let second = face(of: 2, at: Point(140, 60), track: 1)
            return frame < 4 ? [first] : frame < 10 ? [first, second] : [second]
        }
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let most = try Self.extract(workspace, [clip], observer: ScriptedObserver(script))
        #expect(most.faces.kept == 10 && most.faces.rejected == ["otherPerson": 8] && most.people == 2)
        #expect(try workspace.index.set("a")?.identity == person(1))
        let asked = try Self.extract(workspace, [clip], observer: ScriptedObserver(script), reference: photo)
        #expect(asked.faces.kept == 8 && asked.faces.cropped == 8)
        #expect(try workspace.index.set("a")?.identity == person(2))
        #expect(try PackedSet(mapping: workspace.packed(set: "a")).count == 8)
    }

    @Test("no face at all, or only small ones, is an error that names file and remedy")
    func noFace() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "empty"), frames: 3)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let none = try #require(throws: ExtractionError.self) {
            try Self.extract(workspace, [clip], observer: ScriptedObserver { _ in [] })
        }
        #expect(none.code == .noFace && none.isBadInput && none.message.contains(clip.path))
        let other = try Workspace.small(scratch.url.appending(path: "v"))
        let small = try #require(throws: ExtractionError.self) {
            try Self.extract(
                other, [clip],
                observer: ScriptedObserver { _ in [face(of: 1, at: Point(40, 40), track: 0, width: 12)] })
        }
        #expect(small.message.contains("12 pixels") && small.message.contains("minimum_face_width"))
    }

    @Test("progress rises to the end")
    func progress() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 8)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let events = Mutex<[ProgressEvent]>([])
        _ = try Extractor(workspace: workspace, set: "a", observer: ScriptedObserver(Self.walk)) { event in
            events.withLock { $0.append(event) }
        }.run(ClipSource.sources(at: [clip]))
        let fractions = events.withLock { $0.compactMap(\.fraction) }
        #expect(
            !fractions.isEmpty && fractions == fractions.sorted()
                && fractions.allSatisfy { (0...1).contains($0) })
        #expect(events.withLock { $0.allSatisfy { $0.stage == "extract" } })
    }

    @Test("paths that lead nowhere are named")
    func paths() throws {
        let scratch = try Scratch()
        #expect(throws: MediaError.self) {
            try ClipSource.sources(at: [scratch.url.appending(path: "no.mp4")])
        }
        let error = try #require(throws: ExtractionError.self) { try ClipSource.sources(at: [scratch.url]) }
        #expect(error.code == .noInput && error.message.contains(scratch.url.path))
    }
}
