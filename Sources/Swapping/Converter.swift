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

    package init(
        observer: any FaceObserver, swapper: any FaceSwapper,
        settings: ConversionSettings = ConversionSettings()
    ) {
        (self.observer, self.swapper, self.settings) = (observer, swapper, settings)
    }

    /// Converts a whole video. Until it is complete nothing stands under the output's name.
    ///
    /// - Parameters:
    ///   - identity: mean embedding of the target's faces; of several faces in a frame the one most like it is swapped.
    ///     Nil takes the largest.
    /// - Throws: `MediaError`, `SwappingError`, what observer and swapper throw, `CancellationError`.
    package func convert(
        target: URL, output: URL, encoding: EncodingSettings = EncodingSettings(), identity: Embedding? = nil,
        progress: @escaping ProgressHandler = { _ in }
    ) throws -> ConversionReport {
        guard target.resolvingSymlinksInPath().path != output.resolvingSymlinksInPath().path else {
            throw SwappingError(.target, "\(output.path) is the target itself; give the output another name")
        }
        let reader = try VideoReader(target)
        try reader.requireComplete()
        let marked = MarkedOutput(frameWidth: reader.info.width, frameHeight: reader.info.height)
        let writer = try VideoWriter(
            output, like: reader.info, settings: encoding, metadata: marked.metadata.entries,
            audioFrom: reader.info.hasAudio ? target : nil)
        let notes = ConversionNotes(total: reader.info.frameCount, progress: progress)
        let pipeline = ConversionPipeline<VideoFrame>(
            observer: observer, swapper: swapper, settings: settings, identity: identity)
        do {
            var report = try pipeline.run(
                output: marked, source: reader.next,
                sink: { frame in
                    try writer.append(frame)
                    notes.written()
                })
            try Task.checkCancellation()
            try writer.finish()
            report.unreadable = reader.unreadableFrames
            report.notices = writer.notices
            notes.finished(report)
            return report
        } catch {
            writer.cancel()
            throw error
        }
    }
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
