import Faces
import Foundation

/// How well mouth and eyes of the output follow the target's, offsets included: a mouth that hangs open by the same amount in every
/// frame has a perfect correlation.
/// `ExpressionSeries` says what the numbers are.
package struct ExpressionAgreement: Sendable, Codable, Equatable {
    /// Lin's concordance with the target.
    package var mouthGap: Double?
    package var eyeOpening: Double?
    package var mouthWidth: Double?
    /// Mean gap between the lips.
    package var outputMouthGap: Double?
    package var targetMouthGap: Double?
    /// Mean absolute difference of the gaps.
    package var mouthGapDifference: Double?
    /// Share of the frames with a shut mouth in the target in which the output's is shut, and the same of open ones.
    package var shutKept: Double?
    package var openKept: Double?
    /// Mean distance of an iris from the target's place in its eye, in eye widths, over both eyes in frames in which they are open.
    package var gazeDifference: Double?
    /// Mean of the right iris's place across minus the left one's, in eye widths.
    package var outputVergence: Double?
    package var targetVergence: Double?
    /// Agreement of the optical flow of output and target around mouth and eyes (`MotionComparison`).
    package var mouthMotion: Double?
    package var eyeMotion: Double?

    /// Below `shut` the target's lips meet, above `open` they are apart. `kept` is the bound for the output.
    static let (shut, open, kept) = (0.03, 0.06, 0.045)
    /// Eye openings (gap over the eye's width) from which the irises are seen.
    static let openEye: Float = 0.15

    /// - Parameter pairs: faces of output and target in the frames in which both show one.
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
