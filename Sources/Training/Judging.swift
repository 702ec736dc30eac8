import Faces
import Foundation

/// Has swaps judged now and then, as long as that takes a small share of the training's time.
struct Judging {
    var make: SwapJudgeMaker?
    private var judge: (any SwapJudge)?
    /// Seconds that went to it in this run.
    private(set) var spent = 0.0

    /// The most of a run's time that may go to judging.
    static let share = 0.03

    /// - Parameters:
    ///   - seconds: trained in this run.
    ///   - isLast: whether there is no later look; then it happens whatever it takes.
    /// - Returns: nil where nobody judges, or not now.
    mutating func figures(
        _ examiner: Examiner, crop: CropKind, seconds: Double, isLast: Bool
    ) throws -> SwapFigures? {
        guard let make, isLast || spent <= Self.share * seconds else { return nil }
        let begun = ContinuousClock.now
        defer { spent += begun.duration(to: .now) / .seconds(1) }
        let judge = try self.judge ?? make(examiner.judgedFaces(crop: crop))
        self.judge = judge
        return try judge.figures(of: examiner.composites())
    }
}
