import Faces
import Pictures
import Workspace

/// Measures swaps of held-out faces while a model is trained. Whoever composes the stages brings one: training itself
/// knows no networks that look at faces.
package protocol SwapMetrics {
    /// - Parameter swapped: the target's faces that the judge was made for, in their order, with the source's face
    ///   laid over each by its mask.
    func figures(of swapped: [Picture]) throws -> SwapFigures
}

/// Makes a judge, once, before the first look.
package typealias SwapMetricsFactory = (ValidationFaces) throws -> any SwapMetrics

/// Which faces swaps are compared with: crops without margin.
package struct ValidationFaces: Sendable {
    package let crop: CropKind
    /// Some of the source's faces, to know whom a swap should look like.
    package let source: [Picture]
    /// The held-out faces of the target that will be swapped.
    package let target: [Picture]
}

/// Figures of some swapped faces; nil where nothing could be measured.
package struct SwapFigures: Sendable, Codable, Equatable {
    /// The recogniser's cosines to the source and to the target, and the source's own to itself.
    package var toSource: Double?
    package var toTarget: Double?
    package var sourceToSource: Double?
    /// Degrees that the head is turned other than the target's: mean over yaw, pitch and roll.
    package var poseError: Double?
    /// Concordances of eyes and mouth with the target's.
    package var eyes: Double?
    package var mouth: Double?
    /// Faces that were seen.
    package var faces: Int

    package init(
        toSource: Double?, toTarget: Double?, sourceToSource: Double?, poseError: Double?, eyes: Double?,
        mouth: Double?, faces: Int
    ) {
        (self.toSource, self.toTarget, self.sourceToSource) = (toSource, toTarget, sourceToSource)
        (self.poseError, self.eyes, self.mouth, self.faces) = (poseError, eyes, mouth, faces)
    }

    /// What the best model is chosen by, 0…1: likeness · expression · structure.
    ///
    /// Likeness is the cosine to the source over the source's own, expression the mean of the two concordances, structure
    /// the similarity of reconstructions on held-out faces; each counts as 0 to 1. A product, because a swap that fails in
    /// one of them is no good swap. Nil where one of them is unknown.
    package func score(structure: Double) -> Double? {
        guard let toSource, let sourceToSource, sourceToSource > 0, let eyes, let mouth else { return nil }
        func share(_ value: Double) -> Double { min(1, max(0, value)) }
        return share(toSource / sourceToSource) * (share(eyes) + share(mouth)) / 2 * share(structure)
    }

    /// As the history keeps them.
    var named: [TrainingFigure: Double] {
        let all: [TrainingFigure: Double?] = [
            .swapToSource: toSource, .swapToTarget: toTarget, .swapPoseError: poseError, .swapEyes: eyes,
            .swapMouth: mouth,
        ]
        return all.compactMapValues { $0 }
    }
}
