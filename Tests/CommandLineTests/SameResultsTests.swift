import Foundation
import Media
import Pictures
import Testing

/// A workspace and a model of an earlier version open, and its conversion of the same frames gives the same pictures
/// (`Tests/Fixtures`).
@Suite("Same results", .enabled(if: Program.isSetUp))
struct SameResultsTests {
    private static let fixtures = Program.root.appending(path: "Tests/Fixtures")
    private static let isRecording = ProcessInfo.processInfo.environment["DIMORPH_RECORD"] != nil

    private func frames(_ video: URL) throws -> [Picture] {
        let reader = try VideoReader(video)
        var pictures: [Picture] = []
        while let frame = try reader.next() { pictures.append(try frame.picture()) }
        return pictures
    }

    @Test("of six frames converted in a workspace of 1 December 2026")
    func conversion() throws {
        let scratch = try Scratch()
        let workspace = scratch.url.appending(path: "w")
        try FileManager.default.copyItem(at: Self.fixtures.appending(path: "Workspace"), to: workspace)
        let target = try TrainedWorkspace.clip(
            "target-c.mp4", frames: 6, to: scratch.url.appending(path: "target.mp4"))
        let outcome = try Program.run(
            "convert", "--target", target.path, "--output", scratch.path("converted.mp4"), "--device", "cpu",
            "--workspace", workspace.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect((outcome.output + outcome.errors).contains("a face swapped in 6"), "\(outcome.errors)")
        let kept = Self.fixtures.appending(path: "converted.mp4")
        if Self.isRecording {
            try? FileManager.default.removeItem(at: kept)
            try FileManager.default.copyItem(at: scratch.url.appending(path: "converted.mp4"), to: kept)
        }
        let (new, old) = (try frames(scratch.url.appending(path: "converted.mp4")), try frames(kept))
        #expect(new.count == 6 && old.count == 6)
        for (number, (one, other)) in zip(new, old).enumerated() {
            #expect(one.width == other.width && one.height == other.height)
            let differences = zip(one.pixels, other.pixels).map { abs(Int($0) - Int($1)) }
            if try RecordedProcessor.isThisOne {
                #expect(differences.max() == 0, "frame \(number)")
            } else {
                let mean = Double(differences.reduce(0, +)) / Double(differences.count)
                #expect(mean < 0.5, "frame \(number): \(mean)")
            }
        }
    }
}
