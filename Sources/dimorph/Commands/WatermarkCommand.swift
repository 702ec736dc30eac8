import ArgumentParser
import Commands
import Foundation
import Media
import Pictures
import Provenance
import Workspace

/// Embeds and detects the watermark without a swap, for measurements.
struct WatermarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watermark",
        abstract: "Embeds or detects the invisible watermark; for measurements.",
        shouldDisplay: false, subcommands: [WatermarkEmbedCommand.self, WatermarkDetectCommand.self])
}

/// Embeds the watermark in a video and writes it losslessly (FFV1).
struct WatermarkEmbedCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Embeds the watermark in every frame.", shouldDisplay: false)

    @Argument(help: "Path of a video.") var video: String
    @Argument(help: "Path of the marked video to write (.mkv).") var output: String
    @Option(help: "Watermark ID.") var id: UInt32 = 1
    @Option(help: "Key phrase (default: the program's key).") var key: String?
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

/// Detects the watermark in the first frames of a video.
struct WatermarkDetectCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Detects the watermark.", shouldDisplay: false)

    @Argument(help: "Path of a video.") var video: String
    @Option(help: "Number of frames to skip at the beginning.") var skip = 0
    @Option(help: "Number of frames to use.") var frames = 60
    @Option(help: "Key phrase (default: the program's key).") var key: String?
    @Flag(help: "Also search after 1, 4, 16 … frames and report how many were needed.") var steps = false
    @Option(help: "Search with this many random keys instead and report the score of each.") var otherKeys = 0
    @OptionGroup var common: OutputOptions

    private struct Answer: Encodable {
        var id: UInt32?
        var score: Double?
        var cellsAcross: Double?
        var angle: Double?
        /// Search round that found the watermark, and a description of the transform.
        var (round, transform): (String?, String?)
        var frames = 0
        /// Smallest tried number of frames after which the watermark was found.
        var needed: Int?
        var seconds = 0.0
        /// Scores of all readings, by key and search round.
        var scores: [[String: [Double]]] = []
        /// Number of readings with valid check bits, and of those that `verify` would accept as a watermark.
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
