import Faces
import Pictures
import Workspace

/// Computes metrics of swapped validation faces during training. The caller provides the implementation: this
/// module does not depend on face detection or recognition networks.
package protocol SwapMetrics {
    /// - Parameter swapped: the target faces that the evaluator was created for, in the same order, with the
    ///   source's face composited over each by its mask.
    func figures(of swapped: [Picture]) throws -> SwapFigures
}

/// Creates the evaluator, once, before the first validation.
package typealias SwapMetricsFactory = (ValidationFaces) throws -> any SwapMetrics

/// Reference faces for swap metrics: crops without margin.
package struct ValidationFaces: Sendable {
    package let crop: CropKind
    /// Faces of the source, as the identity reference.
    package let source: [Picture]
    /// The target's validation faces to be swapped.
    package let target: [Picture]
}

/// Metrics of some swapped faces; `nil` where nothing could be measured.
package struct SwapFigures: Sendable, Codable, Equatable {
    /// Cosine similarities of the identity embeddings to the source and to the target, and of the source to
    /// itself.
    package var toSource: Double?
    package var toTarget: Double?
    package var sourceToSource: Double?
    /// Head pose error in degrees: mean over yaw, pitch and roll.
    package var poseError: Double?
    /// Concordance correlations of eye and mouth measures with the target's.
    package var eyes: Double?
    package var mouth: Double?
    /// Number of faces that were detected.
    package var faces: Int

    package init(
        toSource: Double?, toTarget: Double?, sourceToSource: Double?, poseError: Double?, eyes: Double?,
        mouth: Double?, faces: Int
    ) {
        (self.toSource, self.toTarget, self.sourceToSource) = (toSource, toTarget, sourceToSource)
        (self.poseError, self.eyes, self.mouth, self.faces) = (poseError, eyes, mouth, faces)
    }

    /// Score by which the best model is selected, 0…1: likeness · expression · structure.
    ///
    /// Likeness is the cosine similarity to the source divided by the source's own, expression the mean of
    /// the two concordance correlations, structure the SSIM of reconstructions of validation faces; each is
    /// clamped to 0…1. The score is a product because a swap that fails in one of them is not a good swap.
    /// `nil` if one of them is unknown.
    package func score(structure: Double) -> Double? {
        guard let toSource, let sourceToSource, sourceToSource > 0, let eyes, let mouth else { return nil }
        func share(_ value: Double) -> Double { min(1, max(0, value)) }
        return share(toSource / sourceToSource) * (share(eyes) + share(mouth)) / 2 * share(structure)
    }

    /// Values by their names in the training history.
    var named: [TrainingFigure: Double] {
        let all: [TrainingFigure: Double?] = [
            .swapToSource: toSource, .swapToTarget: toTarget, .swapPoseError: poseError, .swapEyes: eyes,
            .swapMouth: mouth,
        ]
        return all.compactMapValues { $0 }
    }
}
