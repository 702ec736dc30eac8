import Extraction
import Faces
import Foundation
import Media
import Pictures
import Testing
import Workspace

/// Photographs have no neighbours; the frames of a video do, as pictures too.
@Suite("Folders of pictures")
struct StillsTests {
    private static var target: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Samples/target-c.mp4").standardizedFileURL
    }

    /// Every n-th frame of a performer as numbered pictures.
    private func pictures(_ folder: URL, every: Int, count: Int, side: Int = 192, name: String = "s") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let reader = try VideoReader(Self.target)
        var number = 0
        while number < count * every, let frame = try reader.next() {
            defer { number += 1 }
            guard number % every == 0 else { continue }
            let picture = try frame.picture().resized(width: side, height: side)
            let digits = String(format: "%04d", number / every)
            try PictureFile.write(picture, to: folder.appending(path: "\(name)\(digits).png"))
        }
    }

    private func order(_ url: URL) throws -> PictureOrder? { try ClipSource.sources(at: [url])[0].order }

    @Test(
        "numbered pictures of one size are frames where each is nearly the one before, and photographs otherwise"
    )
    func order() throws {
        let scratch = try Scratch()
        let (frames, photos) = (scratch.url.appending(path: "frames"), scratch.url.appending(path: "photos"))
        try pictures(frames, every: 1, count: 12)
        try pictures(photos, every: 20, count: 12)
        #expect(try order(frames) == .frames && order(photos) == .photographs)
        // A pattern is explicit, and a picture by itself has no neighbour.
        #expect(try order(photos.appending(path: "s%04d.png")) == .frames)
        #expect(try order(photos.appending(path: "s0003.png")) == .photographs)
        let none = #expect(throws: ExtractionError.self) { try order(photos.appending(path: "x%04d.png")) }
        #expect(none?.message.contains("check the pattern") == true)
        // A number is missing; one is of another size.
        try FileManager.default.removeItem(at: frames.appending(path: "s0005.png"))
        #expect(try order(frames) == .photographs)
        try pictures(frames, every: 1, count: 12)
        #expect(try order(frames) == .frames)
        let odd = try PictureFile.read(frames.appending(path: "s0000.png")).resized(width: 100, height: 90)
        try PictureFile.write(odd, to: frames.appending(path: "s0000.png"))
        #expect(try order(frames) == .photographs)
        #expect(try ClipSource.sources(at: [Self.target])[0].order == nil)
    }

    /// One face that walks, as an observer sees it that follows it.
    private func extract(_ folder: URL, _ source: URL) throws -> (
        summary: ExtractionSummary, places: [FaceRecord]
    ) {
        let workspace = try Workspace.small(folder)
        let observer = CountingObserver()
        let summary = try Extractor(workspace: workspace, set: "a", observer: observer) { _ in }
            .run(ClipSource.sources(at: [source]))
        return (summary, try workspace.index.faces(set: "a", clip: 1))
    }

    /// How far smoothing has moved a face, in pixels.
    private func shift(_ face: FaceRecord) -> Double {
        ((face.steady ?? face.face.alignment).centre - face.face.alignment.centre).length
    }

    @Test("each photograph is looked at by itself, and its crop is cut by its own face alone")
    func photographs() throws {
        let scratch = try Scratch()
        let photos = scratch.url.appending(path: "photos")
        try pictures(photos, every: 20, count: 12)
        let (summary, faces) = try extract(scratch.url.appending(path: "w"), photos)
        #expect(faces.count == 12 && Set(faces.map(\.face.track)).count == 12)
        #expect(faces.allSatisfy { shift($0) < 1e-6 })
        #expect(summary.clips.first?.pictures == .photographs && summary.clips.first?.jitter == nil)
        #expect(summary.faces.cropped == 12 && summary.people == 1)
        // The same pictures, said to be frames, are followed and smoothed.
        let (video, followed) = try extract(
            scratch.url.appending(path: "v"), photos.appending(path: "s%04d.png"))
        #expect(Set(followed.map(\.face.track)).count == 1 && video.clips.first?.pictures == .frames)
        #expect(followed.contains { shift($0) > 1 })
        #expect(video.clips.first?.jitter != nil)
    }
}

/// Sees a face that turns and trembles, in a track that goes on until the observer is reset.
private final class CountingObserver: FaceDetectorSource {
    private var track = 0
    private var count = 0
    func reset() { track += 1 }
    func faces(in picture: Picture) throws -> [ObservedFace] {
        defer { count += 1 }
        let offset = Double(count * 7919 % 11) - 5
        return [face(of: 1, at: Point(96 + offset, 90 - offset / 2), track: track)]
    }
}
