import Foundation
import Media

/// A workspace with a model of two rendered people, trained for one iteration, which tests copy.
enum TrainedWorkspace {
    /// Made once for all tests of this run.
    private static let shared = Result { try make() }

    private static func make() throws -> Scratch {
        let scratch = try Scratch()
        for (set, sample) in [("a", "performer-a.mp4"), ("c", "target-c.mp4")] {
            let video = try clip(sample, frames: 24, to: scratch.url.appending(path: sample))
            try done("extract", video.path, "--set", set, "--device", "cpu", "--workspace", scratch.path("w"))
        }
        let narrow = ["encoder=16", "code=32", "decoder=16", "mask=8"].flatMap { ["--width", $0] }
        try done(
            [
                "train", "--source", "a", "--target", "c", "--iterations", "1", "--batch", "2", "--device",
                "cpu", "--workspace", scratch.path("w"), "--architecture", "quick96", "--consent-source",
                "synthetic:Performer A", "--consent-target", "synthetic:Performer C",
            ] + narrow)
        return scratch
    }

    /// A copy at the path of a folder that does not exist yet.
    static func copy(to path: String) throws {
        try FileManager.default.copyItem(atPath: shared.get().path("w"), toPath: path)
    }

    /// The first frames of a sample, repeated where it is shorter, as a clip of their own.
    @discardableResult
    static func clip(_ sample: String, frames: Int, to file: URL) throws -> URL {
        let info = try VideoReader(URL(filePath: Program.sample(sample))).info
        let writer = try VideoWriter(file, like: info)
        while writer.frameCount < frames {
            let reader = try VideoReader(URL(filePath: Program.sample(sample)))
            while writer.frameCount < frames, let frame = try reader.next() {
                let picture = try frame.picture()
                let number = writer.frameCount
                try writer.append(
                    VideoFrame(
                        picture, index: number, time: Double(number) / info.frameRate.value, like: info))
            }
        }
        try writer.finish()
        return file
    }

    private static func done(_ arguments: String...) throws { try done(arguments) }

    private static func done(_ arguments: [String]) throws {
        let outcome = try Program.start(arguments).finish()
        guard outcome.status == 0 else { throw Failed(words: "\(arguments): \(outcome.errors)") }
    }

    private struct Failed: Error, CustomStringConvertible {
        let words: String
        var description: String { words }
    }
}
