import Concurrency
import Faces
import Foundation

/// Has swaps judged now and then, as long as that takes a small share of the training's time.
struct SwapValidation {
    var make: SwapMetricsFactory?
    private var judge: (any SwapMetrics)?
    /// Seconds that went to it in this run.
    private(set) var spent = 0.0

    /// The most of a run's time that may have gone to judging before a look; the look itself comes on top.
    static let share = 0.025
    /// Seconds from which a run's last look happens whatever share it takes: half a second of them is little.
    static let worthALook = 60.0

    /// - Parameters:
    ///   - seconds: trained in this run.
    ///   - isLast: whether there is no later look.
    /// - Returns: nil where nobody judges, or not now.
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

    /// Swaps of the faces that are reported on, by a judge made for them.
    func report(_ validator: Validator, crop: CropKind) throws -> SwapFigures? {
        guard let make, let faces = try validator.judgedFaces(.test, crop: crop) else { return nil }
        return try make(faces).figures(of: validator.composites(.test))
    }
}
