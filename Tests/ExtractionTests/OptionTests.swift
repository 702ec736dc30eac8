import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

@testable import Extraction

/// What is taken of a clip, what a change of that costs, and what cannot be read.
@Suite("What extraction takes")
struct OptionTests {
    private static func still(_ frame: Int) -> [ObservedFace] { [face(of: 1, at: Point(80, 80), track: 0)] }

    private func run(_ workspace: Workspace, _ clip: URL, _ observer: ScriptedObserver) throws
        -> ExtractionSummary
    {
        try Extractor(workspace: workspace, set: "a", observer: observer, batch: 5) { _ in }
            .run(ClipSource.sources(at: [clip]))
    }

    @Test("frames between two times, each n-th; other times look again and say so")
    func times() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 20)
        var workspace = try Workspace.small(scratch.url.appending(path: "w"))
        workspace.settings.extraction.from = 3
        workspace.settings.extraction.to = 13
        workspace.settings.extraction.every = 2
        let first = ScriptedObserver(Self.still)
        let summary = try run(workspace, clip, first)
        #expect(first.seen == [4, 6, 8, 10, 12] && summary.faces.cropped == 5 && summary.remarks.isEmpty)
        #expect(summary.clips.first?.frames == 20)
        workspace.settings.extraction.to = 0
        let second = ScriptedObserver(Self.still)
        let later = try run(workspace, clip, second)
        #expect(second.seen == [4, 6, 8, 10, 12, 14, 16, 18] && later.faces.cropped == 8)
        #expect(later.remarks.count == 1 && later.remarks[0].contains("another to"))
    }

    @Test("a higher bound of width leaves faces out without looking, a lower one looks again")
    func width() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 6)
        var workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let script: (Int) -> [ObservedFace] = {
            [face(of: 1, at: Point(80, 80), track: 0, width: $0 < 2 ? 40 : 80)]
        }
        #expect(try run(workspace, clip, ScriptedObserver(script)).faces.kept == 6)
        workspace.settings.extraction.minimumFaceWidth = 60
        let higher = ScriptedObserver(script)
        let fewer = try run(workspace, clip, higher)
        #expect(higher.seen.isEmpty && fewer.faces.kept == 4 && fewer.faces.rejected == ["tooSmall": 2])
        workspace.settings.extraction.minimumFaceWidth = 10
        let lower = ScriptedObserver(script)
        #expect(try run(workspace, clip, lower).faces.kept == 6)
        #expect(lower.seen.count == 6)
    }

    @Test("options lie over settings and over earlier options, and are kept with the set")
    func options() throws {
        var earlier = ExtractionOptions()
        (earlier.every, earlier.crop) = (3, .head)
        var now = ExtractionOptions()
        (now.every, now.to, now.maximumFaces) = (2, 9, 1)
        let both = now.over(earlier)
        let settings = both.over(ExtractionSettings())
        #expect(
            settings.every == 2 && settings.to == 9 && settings.crop == .head && settings.maximumFaces == 1)
        #expect(settings.from == 0 && settings.cropSize == ExtractionSettings().cropSize)
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 4)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        for options in [both, nil] {
            _ = try Extractor(
                workspace: workspace, set: "a", observer: ScriptedObserver(Self.still), options: options
            ) { _ in }.run(ClipSource.sources(at: [clip]))
            #expect(try workspace.index.set("a")?.options == both)
        }
    }

    @Test("damaged pictures are counted and named, the first one too; the rest becomes the set")
    func damaged() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 9)
        for number in [0, 6] {
            try Data("no picture".utf8).write(to: clip.appending(path: "frame-\(1000 + number).png"))
        }
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        let summary = try run(workspace, clip, ScriptedObserver(Self.still))
        #expect(summary.faces.cropped == 7)
        let counts = try #require(summary.clips.first)
        #expect(counts.unreadableFrames == 2 && counts.framesWithoutFace == 0)
        #expect(counts.unreadable.map(\.file) == ["frame-1000.png", "frame-1006.png"])
        // Found again in the index by a run that looks at nothing.
        #expect(try run(workspace, clip, ScriptedObserver(Self.still)).clips == summary.clips)
        let none = try Scratch()
        try Data("no picture".utf8).write(to: none.url.appending(path: "a.png"))
        let error = try #require(throws: MediaError.self) {
            try run(
                try Workspace.small(none.url.appending(path: "w")), none.url, ScriptedObserver(Self.still))
        }
        #expect(error.message.contains("a.png"))
    }

    @Test("trembling is measured in fractions of the face's width, before and after smoothing")
    func jitter() throws {
        let scratch = try Scratch()
        let clip = try makeClip(scratch.url.appending(path: "clip"), frames: 40)
        let workspace = try Workspace.small(scratch.url.appending(path: "w"))
        // By a pixel to the left and right, face 80 pixels wide: second differences of 4 pixels.
        let summary = try run(
            workspace, clip,
            ScriptedObserver { [face(of: 1, at: Point($0 % 2 == 0 ? 79 : 81, 80), track: 0)] })
        let jitter = try #require(summary.clips.first?.jitter)
        #expect(jitter.frames == 38)
        #expect(abs(jitter.raw - 4.0 / 80) < 1e-9)
        #expect(jitter.smoothed < 0.1 * jitter.raw)
        // What was measured stays in the index as it was.
        let faces = try workspace.index.faces(set: "a", clip: 1)
        #expect(abs((faces.first?.face.alignment.centre.x ?? 0) - 79) < 1e-9)
    }
}
