import Foundation
import NeuralNetworks

/// Settings of the training augmentation. Lengths are fractions of the crop's side; 0 disables a transform.
/// Documentation/Augmentation.md gives the source of each.
package struct AugmentationSettings: Sendable, Codable, Equatable {
    /// Probability that a face is mirrored, in the input and in the target.
    package var mirrored = Mirroring()
    /// Maximum rotation, in degrees.
    package var rotation = 8.0
    /// Maximum change of scale, as an exponent of e.
    package var zoom = 0.06
    package var shift = 0.025
    /// Whether the target gets the same rotation, scale and translation as the encoder input. The two then
    /// differ only by the warp and the colour augmentation.
    package var movesTruth = false
    package var warpKind = WarpKind.smooth
    /// Standard deviation of the warp's control points: a fraction of the side, or of a cell for `grid`.
    package var warp = 0.015
    /// Maximum change of a channel's gain and offset, of the encoder input.
    package var gain = 0.3
    package var offset = 0.15
    /// Maximum relative change of L*, and maximum change of a* and b* as a fraction of 128.
    package var lightness = 0.0
    package var tint = 0.0
    /// Maximum hue rotation in degrees, and maximum relative changes of saturation and value.
    package var hue = 0.0
    package var saturation = 0.0
    package var value = 0.0
    /// Whether the changes of L*a*b*, hue, saturation and value also apply to the target.
    package var coloursTruth = false
    /// Method of colour transfer from the target's faces to the source's.
    package var colourTransfer = ColourTransfer.none
    /// Random lighting, applied alike to the encoder input and to the target.
    package var light = LightingSettings()
    /// Fraction of the run after which warping ends, for the finest detail; 1 to warp until the end.
    package var warpUntil = 1.0
    /// Standard deviation of the blur that replaces the background outside the mask, in both pictures.
    package var blurOutside = 0.0

    package init() {}

    /// Whether the target needs its margin: it is transformed itself, or its mask is needed for the encoder
    /// input.
    var needsMargin: Bool { movesTruth || blurOutside > 0 }

    /// DeepFaceLab's settings: the same affine transform for input and target; the input is warped on grids
    /// of 3, 5 or 9 points.
    package static var deepFaceLab: AugmentationSettings {
        var settings = still
        settings.mirrored = Mirroring(0.4)
        (settings.rotation, settings.zoom, settings.shift) = (10, log(1.15), 0.05)
        (settings.warpKind, settings.warp) = (.grid, 0.24)
        return settings
    }

    /// faceswap's settings: the same affine transform for input and target; the input is warped on a grid of
    /// 5 × 5 points. Without CLAHE.
    package static var faceswap: AugmentationSettings {
        var settings = still
        settings.mirrored = Mirroring(0.5)
        (settings.rotation, settings.zoom, settings.shift) = (10, log(1.05), 0.05)
        (settings.warpKind, settings.warp) = (.faceswap, 5.0 / 256)
        (settings.lightness, settings.tint, settings.coloursTruth) = (0.3, 0.08, true)
        return settings
    }

    /// No augmentation, except that the target would be transformed like its input.
    private static var still: AugmentationSettings {
        var settings = AugmentationSettings()
        settings.movesTruth = true
        (settings.gain, settings.offset, settings.light.share) = (0, 0, 0)
        return settings
    }
}

/// Probability of mirroring, for each person.
package struct Mirroring: Sendable, Codable, Equatable {
    package var source: Double
    package var target: Double
    /// All further people.
    package var others: Double

    /// The same probability for all people.
    package init(_ share: Double = 0.5) { (source, target, others) = (share, share, share) }

    package subscript(person: Int) -> Double {
        switch person {
        case Validator.source: source
        case Validator.target: target
        default: others
        }
    }
}

/// Warp of the encoder input.
package enum WarpKind: String, Sendable, Codable, CaseIterable {
    case none
    /// 5 × 5 points displaced by a normal distribution, with cubic interpolation.
    case smooth
    /// DeepFaceLab's warp: 3, 5 or 9 points a side; inner points displaced by a normal distribution truncated
    /// at two standard deviations, with linear interpolation.
    case grid
    /// faceswap's warp: 5 × 5 points displaced by a normal distribution, with linear interpolation.
    case faceswap
}
