import Foundation
import Pictures
import Testing

@testable import Media

@Suite("Threads and memory")
struct EnduranceTests {
    let scratch: Scratch
    let info = VideoInfo(width: 384, height: 384, frameRate: Rational(25))

    init() throws { scratch = try Scratch() }

    @Test("frames of one reader are read and modified on many threads")
    func threads() async throws {
        try writeClip(scratch["a.mp4"], info: info, frames: 24)
        let frames = try allFrames(scratch["a.mp4"])
        let patch = Picture(width: 50, height: 50, red: 250, green: 20, blue: 80)
        let alone = try frames.map {
            try $0.replacing(x: 9, y: 7, width: 50, height: 50, with: patch).picture()
        }
        try await withThrowingTaskGroup(of: (Int, Picture).self) { group in
            for _ in 0..<3 {
                for frame in frames {
                    group.addTask {
                        (
                            frame.index,
                            try frame.replacing(x: 9, y: 7, width: 50, height: 50, with: patch).picture()
                        )
                    }
                }
            }
            for try await (index, picture) in group { #expect(picture == alone[index]) }
        }
    }

    /// Resident memory in megabytes; `nil` if unknown.
    private var memory: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return pages.map { $0 * 4096 / 1_048_576 }
    }

    @Test("memory is independent of the number of frames")
    func growth() throws {
        try writeClip(scratch["a.mp4"], info: info, frames: 40)
        let patch = Picture(width: 50, height: 50, red: 250, green: 20, blue: 80)
        func once() throws {
            let reader = try VideoReader(scratch["a.mp4"])
            let writer = try VideoWriter(
                scratch["b.mp4"], like: reader.info, settings: .init(preset: .ultrafast),
                tracksFrom: scratch["a.mp4"])
            while let frame = try reader.next() {
                _ = try frame.scaledPicture(maximumSide: 128)
                try writer.append(frame.replacing(x: 9, y: 7, width: 50, height: 50, with: patch))
            }
            try writer.finish()
        }
        for _ in 0..<2 { try once() }
        guard let before = memory else { return }
        for _ in 0..<12 { try once() }
        // 480 frames of 0.2 MB would be 100 MB; other tests of the same run may allocate in between.
        #expect((memory ?? 0) - before < 60)
    }
}
