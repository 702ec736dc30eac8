import Faces
import Foundation

/// Agreement of mouth and eyes between output and target, offsets included: a mouth that is open by a constant offset in
/// every frame has a perfect correlation. `ExpressionSeries` defines the quantities.
package struct ExpressionAgreement: Sendable, Codable, Equatable {
    /// Lin's concordance correlation with the target.
    package var mouthGap: Double?
    package var eyeOpening: Double?
    package var mouthWidth: Double?
    /// Mean gap between the lips.
    package var outputMouthGap: Double?
    package var targetMouthGap: Double?
    /// Mean absolute difference of the gaps.
    package var mouthGapDifference: Double?
    /// Share of the target's frames with a shut mouth in which the output's mouth is shut too, and the same for open
    /// mouths.
    package var shutKept: Double?
    package var openKept: Double?
    /// Mean distance of the iris positions in output and target, in eye widths, over both eyes in frames in which they are
    /// open.
    package var gazeDifference: Double?
    /// Mean horizontal position of the right iris minus that of the left one, in eye widths.
    package var outputVergence: Double?
    package var targetVergence: Double?
    /// Agreement of the optical flow of output and target around mouth and eyes (`MotionComparison`).
    package var mouthMotion: Double?
    package var eyeMotion: Double?

    /// Mouth gap below which the target's lips meet (`shut`) and above which they are apart (`open`). `kept` is the limit
    /// for the output.
    static let (shut, open, kept) = (0.03, 0.06, 0.045)
    /// Least eye opening (gap over the eye's width) at which the irises are visible.
    static let openEye: Float = 0.15

    /// - Parameter pairs: faces of output and target in the frames in which both contain one.
    init(_ pairs: [(output: ObservedFace, target: ObservedFace)]) {
        let outputs = ExpressionSeries(pairs.map(\.output.landmarks))
        let targets = ExpressionSeries(pairs.map(\.target.landmarks))
        mouthGap = concordance(outputs.mouthGaps, targets.mouthGaps)
        eyeOpening = concordance(outputs.eyeOpenings, targets.eyeOpenings)
        mouthWidth = concordance(outputs.mouthWidths, targets.mouthWidths)
        (outputMouthGap, targetMouthGap) = (mean(outputs.mouthGaps), mean(targets.mouthGaps))
        let gaps = zip(outputs.mouthGaps, targets.mouthGaps)
        mouthGapDifference = mean(gaps.map { abs($0 - $1) })
        shutKept = mean(gaps.filter { $1 < Self.shut }.map { $0.0 < Self.kept ? 1 : 0 })
        openKept = mean(gaps.filter { $1 > Self.open }.map { $0.0 > Self.kept ? 1 : 0 })
        func seesIrises(_ face: ObservedFace) -> Bool {
            min(face.openings.leftEye, face.openings.rightEye) > Self.openEye
        }
        let gazes = pairs.indices.filter { seesIrises(pairs[$0].output) && seesIrises(pairs[$0].target) }
            .map { (output: outputs.gazes[$0], target: targets.gazes[$0]) }
        gazeDifference = mean(
            gazes.flatMap { pair in
                [pair.output.leftEye - pair.target.leftEye, pair.output.rightEye - pair.target.rightEye]
                    .map { ($0 * $0).sum().squareRoot() }
            })
        (outputVergence, targetVergence) = (
            mean(gazes.map { $0.output.vergence }), mean(gazes.map { $0.target.vergence })
        )
    }
}
