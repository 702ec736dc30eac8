/// Weights of the loss terms. Terms of weight 0 are not computed.
///
/// Terms inside the mask are means over it, independent of the mask's area. Documentation/Losses.md describes
/// each term and its source.
package struct LossSettings: Sendable, Codable, Equatable {
    /// Mean absolute and mean squared error inside the mask.
    package var absolute = 10.0
    package var squared = 0.0
    /// Weight of the structure loss selected by `structureKind`, inside the mask.
    package var structure = 5.0
    package var structureKind = StructureKind.similarity
    /// Mean squared error of the predicted mask.
    package var mask = 3.0
    /// Mean absolute error over the whole crop.
    package var everywhere = 1.0
    /// Additional weight of eyes and mouth over the rest of the face, in every term inside the mask.
    package var eyes = 4.0
    package var mouth = 2.0
    /// Mean absolute error of eyes and mouth, over the whole crop: a separate term instead of region weights.
    package var features = 0.0
    /// Difference of the image gradients inside the mask.
    package var gradient = 0.0
    /// Focal frequency loss inside the mask.
    package var frequency = 0.0
    /// 1 − cosine between the identity embeddings of the reconstructed and the true face.
    package var identity = 0.0
    /// 1 − cosine between the identity embedding of the swapped face and the source's mean embedding.
    package var swapIdentity = 0.0
    /// Difference of local colour statistics between the swapped face and the target, inside the mask.
    package var faceStyle = 0.0
    /// Difference between the swapped face and the target, outside the mask.
    package var backgroundStyle = 0.0
    /// Blur of the mask's edge, outwards, as a fraction of the side: the Gaussian's standard deviation.
    package var blurredMask = 0.0

    package init() {}

    /// Whether a loss term needs the swapped face (target latents decoded as the source), which makes a step
    /// half again as expensive.
    var judgesSwaps: Bool { swapIdentity > 0 || faceStyle > 0 || backgroundStyle > 0 }
    /// Whether a loss term needs an identity embedder.
    var judgesIdentity: Bool { identity > 0 || swapIdentity > 0 }
}

/// Structure loss between two faces.
package enum StructureKind: String, Sendable, Codable, CaseIterable {
    /// 1 − SSIM, window of 11 pixels with a standard deviation of 1.5.
    case similarity = "ssim"
    /// (1 − SSIM) / 2 with a window of 1/11.6 of the side; from 256 pixels on averaged with that of half the
    /// window.
    case dissimilarity = "dssim"
    /// 1 − SSIM over several scales.
    case multiScale = "msssim"
}

extension LossSettings {
    /// DeepFaceLab's loss: 10 DSSIM and 10 MSE inside the blurred mask, and 10 MSE of the mask.
    ///
    /// - Parameter features: whether eyes and mouth have priority: adds 300 times their absolute error.
    package static func deepFaceLab(features: Bool = false) -> LossSettings {
        var settings = nothing
        (settings.structure, settings.structureKind) = (10, .dissimilarity)
        (settings.squared, settings.mask, settings.blurredMask) = (10, 10, 1.0 / 32)
        settings.features = features ? 300 : 0
        return settings
    }

    package static let deepFaceLab = deepFaceLab()

    /// faceswap's defaults: SSIM and MSE inside the mask, with additional weights of three and two for eyes
    /// and mouth. Its networks predict no mask; if one does, the mask is trained with MSE.
    package static let faceswap: LossSettings = {
        var settings = nothing
        (settings.structure, settings.squared, settings.mask) = (1, 1, 1)
        (settings.eyes, settings.mouth) = (3, 2)
        return settings
    }()

    /// The article's loss: mean absolute error of the whole crop. A predicted mask is trained with MSE.
    package static let article: LossSettings = {
        var settings = nothing
        (settings.everywhere, settings.mask) = (1, 1)
        return settings
    }()

    /// All weights 0, as a starting point for a recipe.
    package static let nothing: LossSettings = {
        var settings = LossSettings()
        (settings.absolute, settings.structure, settings.mask, settings.everywhere) = (0, 0, 0, 0)
        (settings.eyes, settings.mouth) = (0, 0)
        return settings
    }()
}
