import Concurrency
import Foundation
import Workspace

/// Reports processed frames as progress events, at most a few per second.
final class ExtractionGauge {
    private let total: Double
    private let progress: ProgressHandler
    private let begun = ContinuousClock.now
    private var last = ContinuousClock.now - .seconds(10)
    private var before: [Int: Double] = [:]
    private var done: [String: [Int: Int]] = [:]
    private var worked = 0

    /// Approximate ratio of the times for analysing and cropping a frame.
    private static let weight = 8.0

    init(_ estimates: [Int?], progress: @escaping ProgressHandler) {
        let known = estimates.compactMap { $0 }
        total = known.count == estimates.count ? Double(known.reduce(0, +)) : 0
        self.progress = progress
    }

    /// - Parameters:
    ///   - pass: `looking` or `cropping`.
    ///   - done: processed frames of this clip; `fresh`: those processed in this run.
    func frames(_ pass: String, clip: Int, name: String, done frames: Int, fresh: Int, faces: Int) {
        done[pass, default: [:]][clip] = frames
        guard last.secondsElapsed >= 0.25 else { return }
        last = .now
        let looked = Double(done["looking", default: [:]].values.reduce(0, +))
        let cropped = Double(done["cropping", default: [:]].values.reduce(0, +))
        let fraction =
            total > 0 ? min(1, (looked * Self.weight + cropped) / (total * (Self.weight + 1))) : nil
        let elapsed = begun.secondsElapsed
        if worked == 0 { before[0] = fraction }
        worked += fresh
        var remaining: Double?
        if let fraction, let start = before[0], fraction > start, elapsed > 2 {
            remaining = elapsed * (1 - fraction) / (fraction - start)
        }
        progress(
            ProgressEvent(
                stage: "extract", message: "\(pass == "looking" ? "faces in" : "crops of") \(name)",
                fraction: fraction,
                remaining: remaining,
                values: [
                    "frame": Double(frames), "faces": Double(faces),
                    "frames_per_second": Double(fresh) / max(1e-3, elapsed),
                ]))
    }

    func packing() {
        progress(ProgressEvent(stage: "extract", message: "packing the set", fraction: 0.99))
    }
}
