import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Extraction

/// Segments: the same faces and tracks whoever looks at them and however often.
@Suite("Segments")
struct SegmentTests {
    /// One person who walks; another who comes late and sits.
    private static func scene(_ frame: Int) -> [ObservedFace] {
        let walking = face(of: 1, at: Point(50 + Double(frame), 80), track: 0)
        return frame < 13 ? [walking] : [walking, face(of: 2, at: Point(150, 40), track: 1, width: 40)]
    }

    private static func extract(_ folder: URL, _ clip: URL, _ observers: [ScriptedObserver]) throws
        -> [FaceRecord]
    {
        let workspace = try Workspace.small(folder)
        let summary = try Extractor(
            workspace: workspace, set: "a", observer: observers[0], helpers: Array(observers.dropFirst()),
            batch: 5
        ) { _ in }.run(ClipSource.sources(at: [clip]))
        #expect(summary.frames == 32)
        return try workspace.index.faces(set: "a", clip: 1, kept: false)
    }

    @Test("three observers find what one finds, and each frame is looked at once")
    func observers() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 32)
        let alone = try Self.extract(
            scratch.url.appending(path: "one"), clip, [ScriptedObserver(Self.scene)])
        let team = (0..<3).map { _ in ScriptedObserver(Self.scene) }
        let together = try Self.extract(scratch.url.appending(path: "three"), clip, team)
        #expect(together == alone)
        #expect(Set(alone.map(\.face.track)) == [0, 1])
        #expect(team.flatMap(\.seen).sorted() == Array(0..<32))
        // A segment is one observer's.
        for observer in team {
            for segment in Dictionary(grouping: observer.seen, by: { $0 / 5 }) {
                #expect(segment.value == (segment.key * 5..<min(32, segment.key * 5 + 5)).map { $0 })
            }
        }
        #expect(
            try Data(contentsOf: scratch.url.appending(path: "one/sets/a.faces.safetensors"))
                == Data(contentsOf: scratch.url.appending(path: "three/sets/a.faces.safetensors")))
    }

    private static func seen(_ frame: Int, _ who: Int, x: Double, track: Int = 0, shot: Int = 0)
        -> SegmentFace
    {
        SegmentFace(
            frame: frame, time: Double(frame), shot: shot,
            face: face(of: who, at: Point(x, 80), track: track))
    }

    /// Numbers of a face before a seam and of one behind it.
    private static func numbers(_ before: SegmentFace, _ after: SegmentFace) -> [Int] {
        var tracks = TrackNumbers(next: 4, before: [], every: 1)
        return [before, after].enumerated().flatMap { number, seen in
            var segment = SegmentResult(number: number, end: 0)
            segment.faces = [seen]
            return tracks.renumber(segment).map(\.face.track)
        }
    }

    @Test("a track goes on behind a seam only where face, place, time and shot allow it")
    func seams() {
        let before = Self.seen(59, 1, x: 80)
        #expect(Self.numbers(before, Self.seen(60, 1, x: 90, track: 7)) == [4, 4])
        #expect(Self.numbers(before, Self.seen(65, 1, x: 80)) == [4, 4], "hidden for a moment")
        #expect(Self.numbers(before, Self.seen(80, 1, x: 80)) == [4, 5], "much later")
        #expect(Self.numbers(before, Self.seen(60, 1, x: 150)) == [4, 5], "elsewhere")
        #expect(Self.numbers(before, Self.seen(60, 2, x: 80)) == [4, 5], "somebody else")
        #expect(Self.numbers(before, Self.seen(60, 1, x: 80, shot: 1)) == [4, 5], "behind a cut")
    }

    @Test("of two faces each goes on as the nearer one, and none goes on twice")
    func two() {
        var tracks = TrackNumbers(next: 0, before: [], every: 1)
        var first = SegmentResult(number: 0, end: 5)
        first.faces = [Self.seen(4, 1, x: 60, track: 0), Self.seen(4, 1, x: 90, track: 1)]
        #expect(tracks.renumber(first).map(\.face.track) == [0, 1])
        var second = SegmentResult(number: 1, end: 10)
        second.faces = [
            Self.seen(5, 1, x: 88, track: 0), Self.seen(5, 1, x: 62, track: 1),
            Self.seen(5, 1, x: 75, track: 2),
        ]
        #expect(tracks.renumber(second).map(\.face.track) == [1, 0, 2])
    }

    @Test("a feed holds no more frames than it may, and gives all of them")
    func feed() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 23)
        let files = try FileManager.default.contentsOfDirectory(at: clip, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
        let plan = SegmentPlan(length: 4, every: 2, times: 3..<20)
        let feed = SegmentQueue(PictureFrames(files, .frames), plan: plan, start: 8, capacity: 3)
        var frames: [[Int]] = []
        var leads: [Int?] = []
        var ends: [Int?] = []
        while let segment = try feed.take() {
            leads.append(segment.lead?.index)
            var inside: [Int] = []
            while let frame = feed.next(in: segment) { inside.append(frame.index) }
            frames.append(inside)
            ends.append(try feed.end(of: segment))
        }
        #expect(frames == [[8, 10, 12, 14], [16, 18]] && leads == [6, 14] && ends == [16, 19])
        #expect(feed.frameCount == nil, "it was not read to its end")
    }
}
