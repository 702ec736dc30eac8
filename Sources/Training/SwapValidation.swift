import Concurrency
import Faces
import Foundation

/// Runs the swap metrics at intervals, limited to a small fraction of the training time.
struct SwapValidation {
    var make: SwapMetricsFactory?
    private var judge: (any SwapMetrics)?
    /// Seconds spent on swap metrics in this run.
    private(set) var spent = 0.0

    /// Maximum fraction of a run's time spent on swap metrics before another evaluation; the evaluation
    /// itself is added to it.
    static let share = 0.025
    /// Seconds of training from which the last evaluation of a run always takes place: its half second is
    /// then negligible.
    static let worthALook = 60.0

    /// - Parameters:
    ///   - seconds: duration of this run.
    ///   - isLast: whether this is the last evaluation.
    /// - Returns: `nil` if no metrics are configured or none are due.
    mutating func figures(
        _ validator: Validator, crop: CropKind, seconds: Double, isLast: Bool
    ) throws -> SwapFigures? {
        let isFree = spent <= Self.share * seconds
        guard let make, isFree || (isLast && seconds >= Self.worthALook) else { return nil }
        let begun = ContinuousClock.now
        defer { spent += begun.secondsElapsed }
        if judge == nil { judge = try validator.judgedFaces(.validation, crop: crop).map(make) }
        return try judge?.figures(of: validator.composites(.validation))
    }

    /// Metrics of the test faces, with an evaluator created for them.
    func report(_ validator: Validator, crop: CropKind) throws -> SwapFigures? {
        guard let make, let faces = try validator.judgedFaces(.test, crop: crop) else { return nil }
        return try make(faces).figures(of: validator.composites(.test))
    }
}
