import Faces
import Foundation
import Media
import Pictures
import Provenance
import Vision
import Workspace

extension VideoFrame: SwappableFrame {}
extension FaceAnalyser: FaceObserver {}

/// Target video and model → labelled video with the target's sound, times and colours.
package struct Converter {
    private let observer: any FaceObserver
    private let swapper: any FaceSwapper
    package let settings: ConversionSettings
    /// The number in the invisible watermark of all that is made.
    package let watermark: UInt32

    package init(
        observer: any FaceObserver, swapper: any FaceSwapper,
        settings: ConversionSettings = ConversionSettings(), watermark: UInt32 = .random(in: 0 ... .max)
    ) {
        (self.observer, self.swapper, self.settings) = (observer, swapper, settings)
        self.watermark = watermark
    }

    /// Converts a whole video. Until it is complete nothing stands under the output's name.
    ///
    /// - Parameters:
    ///   - comparison: another video that shows the target beside the result; nil for none.
    ///   - identity: mean embedding of the target's faces; of several faces in a frame the one most like it is swapped.
    ///     Nil takes the largest.
    /// - Throws: `MediaError`, `SwappingError`, what observer and swapper throw, `CancellationError`.
    package func convert(
        target: URL, output: URL, comparison: URL? = nil, encoding: EncodingSettings = EncodingSettings(),
        identity: Embedding? = nil,
        progress: @escaping ProgressHandler = { _ in }
    ) throws -> ConversionReport {
        guard target.resolvingSymlinksInPath().path != output.resolvingSymlinksInPath().path else {
            throw SwappingError(.target, "\(output.path) is the target itself; give the output another name")
        }
        let reader = try VideoReader(target)
        try reader.requireComplete()
        let marked = MarkedOutput(
            frameWidth: reader.info.width, frameHeight: reader.info.height, id: watermark)
        let writer = try VideoWriter(
            output, like: reader.info, settings: encoding, metadata: marked.metadata.entries,
            tracksFrom: target)
        let beside = try comparison.map {
            // Made for looking at: any player shows it.
            try ComparisonVideo($0, target: target, encoding: EncodingSettings(quality: encoding.quality))
        }
        let notes = ConversionNotes(total: reader.info.frameCount, progress: progress)
        let pipeline = ConversionPipeline<VideoFrame>(
            observer: observer, swapper: swapper, settings: settings, identity: identity)
        do {
            var report = try pipeline.run(
                output: marked, source: reader.next,
                sink: { frame in
                    try writer.append(frame)
                    try beside?.append(frame)
                    notes.written()
                })
            try Task.checkCancellation()
            try beside?.finish()
            try writer.finish()
            report.unreadable = reader.unreadableFrames
            report.notices = writer.notices
            notes.finished(report)
            return report
        } catch {
            writer.cancel()
            beside?.cancel()
            throw error
        }
    }

    /// One frame as `convert` would make it, with its neighbours looked at on both sides, and the target's own.
    ///
    /// Who is who is settled by the frames beside it alone, where a conversion has seen the whole track up to there.
    ///
    /// - Parameter number: counted from 0; in a video of variable rate the frame at that share of the length.
    package func still(
        target: URL, frame number: Int, identity: Embedding? = nil
    ) throws -> (target: Picture, result: Picture) {
        let reader = try VideoReader(target)
        let rate = max(1e-3, reader.info.frameRate.value)
        let time = Double(number) / rate
        let reach = Double(Self.stillReach) / rate
        if time > reach { try reader.seek(to: time - reach) }
        let tolerance = 0.25 / rate
        let pipeline = ConversionPipeline<VideoFrame>(
            observer: observer, swapper: swapper, settings: settings, identity: identity)
        // Each used by one thread of the pipeline, and read when all have ended.
        nonisolated(unsafe) var before: VideoFrame?
        nonisolated(unsafe) var after: VideoFrame?
        _ = try pipeline.run(
            output: MarkedOutput(
                frameWidth: reader.info.width, frameHeight: reader.info.height, id: watermark),
            source: {
                guard let frame = try reader.next(), frame.time <= time + reach else { return nil }
                if frame.time <= time + tolerance { before = frame }
                return frame
            },
            sink: { if $0.time <= time + tolerance { after = $0 } })
        guard let before, let after, before.time > time - 1.5 / rate || reader.info.isVariableRate else {
            throw SwappingError(
                .target,
                "\(target.path) has no frame \(number)"
                    + (reader.info.frameCount.map { ": it has \($0), counted from 0" } ?? ""))
        }
        return (try before.picture(), try after.picture())
    }

    /// Frames on each side of a still that are looked at: twice what smoothing reaches at its default.
    private static let stillReach = 12
}

/// Counts written frames and tells of them twice a second. Used by the encoding thread alone until that has ended.
private final class ConversionNotes {
    private let total: Int?
    private let progress: ProgressHandler
    private let start = ContinuousClock.now
    private var told = ContinuousClock.now
    private var count = 0

    init(total: Int?, progress: @escaping ProgressHandler) {
        (self.total, self.progress) = (total, progress)
    }

    func written() {
        count += 1
        guard ContinuousClock.now - told >= .milliseconds(500) else { return }
        told = .now
        let rate = Double(count) / max(1e-9, (told - start) / .seconds(1))
        let left = total.map { Double(max(0, $0 - count)) / rate }
        progress(
            ProgressEvent(
                stage: "convert", fraction: total.map { min(1, Double(count) / Double(max(1, $0))) },
                remaining: left,
                values: ["frames": Double(count), "frames_per_second": rate]))
    }

    func finished(_ report: ConversionReport) {
        var values = [
            "frames": Double(report.frames), "swapped": Double(report.swapped),
            "frames_per_second": report.framesPerSecond, "unreadable": Double(report.unreadable),
        ]
        for (stage, rate) in report.stageRates { values["\(stage)_per_second"] = rate }
        progress(ProgressEvent(stage: "convert", fraction: 1, remaining: 0, values: values))
    }
}
