import Workspace

/// Counts written frames and reports progress twice a second. Used by the encoding thread alone until that has ended.
final class ConversionNotes {
    private let total: Int?
    private let progress: ProgressHandler
    private let start = ContinuousClock.now
    private var told = ContinuousClock.now
    /// Frames written by earlier runs.
    private let done: Int
    private var count = 0

    init(total: Int?, done: Int, progress: @escaping ProgressHandler) {
        (self.total, self.done, self.progress) = (total, done, progress)
    }

    func written() {
        count += 1
        guard ContinuousClock.now - told >= .milliseconds(500) else { return }
        told = .now
        let rate = Double(count) / max(1e-9, (told - start) / .seconds(1))
        let left = total.map { Double(max(0, $0 - done - count)) / rate }
        progress(
            ProgressEvent(
                stage: "convert", fraction: total.map { min(1, Double(done + count) / Double(max(1, $0))) },
                remaining: left,
                values: ["frames": Double(done + count), "frames_per_second": rate]))
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
