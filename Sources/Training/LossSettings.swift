/// What the loss is made of: a weight for each term, and 0 for terms that are left out and cost nothing.
///
/// Terms inside the mask are means over it, whatever share of the crop it covers. Documentation/Losses.md says what each
/// is and where it comes from.
package struct LossSettings: Sendable, Codable, Equatable {
    /// Mean absolute and mean squared error inside the mask.
    package var absolute = 10.0
    package var squared = 0.0
    /// Weight of what `structureKind` says, inside the mask.
    package var structure = 5.0
    package var structureKind = StructureKind.similarity
    /// Mean squared error of the drawn mask.
    package var mask = 3.0
    /// Mean absolute error over the whole crop.
    package var everywhere = 1.0
    /// How much more eyes and mouth weigh than the rest of the face, in every term inside the mask.
    package var eyes = 4.0
    package var mouth = 2.0
    /// Mean absolute error of eyes and mouth, over the whole crop: a term of its own instead of heavier regions.
    package var features = 0.0
    /// Difference of the slopes inside the mask.
    package var gradient = 0.0
    /// Focal frequency loss of what lies inside the mask.
    package var frequency = 0.0
    /// 1 − cosine between the recogniser's embeddings of the drawn face and of the true one.
    package var identity = 0.0
    /// 1 − cosine between the embedding of the target drawn as the source and the source's own.
    package var swapIdentity = 0.0
    /// Difference of local colours between the target drawn as the source and the target, inside the mask.
    package var faceStyle = 0.0
    /// Difference between the target drawn as the source and the target, outside the mask.
    package var backgroundStyle = 0.0
    /// How far the mask's edge fades outwards, as a share of the side: the deviation of a Gaussian.
    package var blurredMask = 0.0

    package init() {}

    /// Whether the loss asks for the target drawn as the source, which costs half a step more.
    var judgesSwaps: Bool { swapIdentity > 0 || faceStyle > 0 || backgroundStyle > 0 }
    /// Whether the loss asks for a recogniser.
    var judgesIdentity: Bool { identity > 0 || swapIdentity > 0 }
}

/// How the structure of two faces is compared.
package enum StructureKind: String, Sendable, Codable, CaseIterable {
    /// 1 − SSIM, window of 11 pixels with a deviation of 1.5.
    case similarity = "ssim"
    /// (1 − SSIM) / 2 with a window of 1/11.6 of the side; from 256 pixels on the mean with that of half the window.
    case dissimilarity = "dssim"
    /// 1 − SSIM over several scales.
    case multiScale = "msssim"
}

extension LossSettings {
    /// DeepFaceLab's loss: 10 DSSIM and 10 MSE inside the blurred mask, and 10 MSE of the mask.
    ///
    /// - Parameter features: whether eyes and mouth come first: 300 times their absolute error on top.
    package static func deepFaceLab(features: Bool = false) -> LossSettings {
        var settings = nothing
        (settings.structure, settings.structureKind) = (10, .dissimilarity)
        (settings.squared, settings.mask, settings.blurredMask) = (10, 10, 1.0 / 32)
        settings.features = features ? 300 : 0
        return settings
    }

    package static let deepFaceLab = deepFaceLab()

    /// faceswap's defaults: SSIM and MSE inside the mask, eyes and mouth three and two times heavier again. Its networks
    /// draw no mask; where one does, it learns it by MSE.
    package static let faceswap: LossSettings = {
        var settings = nothing
        (settings.structure, settings.squared, settings.mask) = (1, 1, 1)
        (settings.eyes, settings.mouth) = (3, 2)
        return settings
    }()

    /// The article's: the mean absolute error of the whole crop. A mask, where one is drawn, is learnt by MSE.
    package static let article: LossSettings = {
        var settings = nothing
        (settings.everywhere, settings.mask) = (1, 1)
        return settings
    }()

    /// No term at all, to begin a recipe from.
    package static let nothing: LossSettings = {
        var settings = LossSettings()
        (settings.absolute, settings.structure, settings.mask, settings.everywhere) = (0, 0, 0, 0)
        (settings.eyes, settings.mouth) = (0, 0)
        return settings
    }()
}
