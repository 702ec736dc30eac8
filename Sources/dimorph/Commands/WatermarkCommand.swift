import ArgumentParser
import Commands
import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// For measurements: lays the watermark on a video and finds it again, without a swap.
struct WatermarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watermark",
        abstract: "Lays the invisible watermark on a video, or finds it; for measurements.",
        shouldDisplay: false, subcommands: [WatermarkEmbedCommand.self, WatermarkDetectCommand.self])
}

/// Lays the watermark alone: an exact copy otherwise, in FFV1.
struct WatermarkEmbedCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Lays the watermark on every frame.", shouldDisplay: false)

    @Argument(help: "A video.") var video: String
    @Argument(help: "The marked one, ending in .mkv.") var output: String
    @Option(help: "The watermark's number.") var id: UInt32 = 1
    @Option(help: "A key's phrase; without it the program's own key.") var key: String?
    @OptionGroup var common: OutputOptions

    func execute(_ console: Console) throws {
        let reader = try VideoReader(Paths.checkVideo(video))
        let info = reader.info
        let key = key.map { WatermarkKey(phrase: $0) } ?? .program
        guard let mark = WatermarkEmbedder(id: id, key: key, width: info.width, height: info.height) else {
            throw InputError("\(video) is too small for a watermark: \(info.width)×\(info.height)")
        }
        let writer = try VideoWriter(
            URL(filePath: output), like: info, settings: EncodingSettings(codec: .ffv1))
        var (frames, time) = (0, Duration.zero)
        while let frame = try reader.next() {
            let marked = try frame.changingLuma { plane in
                time += ContinuousClock().measure { mark.mark(plane) }
            }
            try writer.append(marked)
            frames += 1
        }
        try writer.finish()
        let spent = time / .milliseconds(1)
        try console.object(["frames": Double(frames), "milliseconds": spent / Double(max(1, frames))])
    }
}

/// Looks for the watermark in the first frames of a video.
struct WatermarkDetectCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Finds the watermark.", shouldDisplay: false)

    @Argument(help: "A video.") var video: String
    @Option(help: "Frames to leave out before the first.") var skip = 0
    @Option(help: "Frames to look at.") var frames = 60
    @Option(help: "A key's phrase; without it the program's own key.") var key: String?
    @Flag(help: "Look after 1, 4, 16 … frames too, and tell how many it needed.") var steps = false
    @Option(help: "Look with so many random keys instead, and tell what each read.") var otherKeys = 0
    @OptionGroup var common: OutputOptions

    private struct Answer: Encodable {
        var id: UInt32?
        var score: Double?
        var cellsAcross: Double?
        var angle: Double?
        /// The round of the search that found it, and what happened to the picture, in words.
        var (round, transform): (String?, String?)
        var frames = 0
        /// Frames after which it was found first, of the numbers that were tried.
        var needed: Int?
        var seconds = 0.0
        /// By each of the other keys, of all that each round of the search read.
        var scores: [[String: [Double]]] = []
        /// Of these readings, those whose check bits fit, and those that `verify` would take for a mark.
        var (sound, alarms) = (0, 0)
    }

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        let reader = try VideoReader(Paths.checkVideo(video))
        let own = key.map { WatermarkKey(phrase: $0) } ?? .program
        let others = (0..<otherKeys).map { WatermarkKey(phrase: "\(key ?? "other") \($0)") }
        var detector = WatermarkDetector(keys: others.isEmpty ? [own] : others)
        for _ in 0..<skip { _ = try reader.next() }
        var answer = Answer()
        while detector.frames < frames, let frame = try reader.next() {
            detector.add(try frame.luma())
            let count = detector.frames
            guard steps, answer.needed == nil, count.nonzeroBitCount == 1, count.trailingZeroBitCount % 2 == 0
            else { continue }
            if detector.find() != nil { answer.needed = count }
        }
        answer.frames = detector.frames
        let start = ContinuousClock.now
        if others.isEmpty {
            let found = detector.find()
            (answer.id, answer.score) = (found?.id, found?.score)
            (answer.cellsAcross, answer.angle) = (found?.pose.cellsAcross, found?.turn)
            (answer.round, answer.transform) = (found?.round.rawValue, found?.words)
        } else {
            let readings = detector.readings()
            answer.scores = readings.map { readings in
                Dictionary(grouping: readings, by: \.round.rawValue).mapValues { $0.map { Double($0.score) } }
            }
            answer.sound = readings.joined().count { $0.id != nil }
            answer.alarms = readings.joined().count { $0.counts }
        }
        answer.seconds = (ContinuousClock.now - start) / .seconds(1)
        try console.object(answer)
    }
}
