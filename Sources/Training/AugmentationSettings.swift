import Foundation
import NeuralNetworks

/// How faces are disturbed while training. Lengths are shares of the crop's side; 0 is off. Documentation/Augmentation.md
/// says where each comes from.
package struct AugmentationSettings: Sendable, Codable, Equatable {
    /// Shares of the faces that are shown, and to be drawn, in a mirror.
    package var mirrored = Mirroring()
    /// Greatest rotation, in degrees.
    package var rotation = 8.0
    /// Greatest change of size, as an exponent of e.
    package var zoom = 0.06
    package var shift = 0.025
    /// Whether the face that is to be drawn is turned, zoomed and shifted like the encoder's, which then differs by
    /// the warp and the colours alone.
    package var movesTruth = false
    package var warpKind = WarpKind.smooth
    /// Deviation of the warp's points: a share of the side, of a cell for `grid`.
    package var warp = 0.015
    /// Greatest change of a channel's gain, and of its offset, of the encoder's picture.
    package var gain = 0.3
    package var offset = 0.15
    /// Greatest change of L* as a share of it, and of a* and b* as a share of 128.
    package var lightness = 0.0
    package var tint = 0.0
    /// Greatest turn of the hue in degrees, and greatest changes of saturation and value as shares of them.
    package var hue = 0.0
    package var saturation = 0.0
    package var value = 0.0
    /// Whether the changes of L*a*b*, hue, saturation and value are to be drawn too.
    package var coloursTruth = false
    /// How the source's colours are brought to the target's.
    package var colourTransfer = ColourTransfer.none
    /// Light that falls on the encoder's picture and on what is to be drawn alike.
    package var light = LightingSettings()
    /// Share of the run after which nothing is warped any more, for the finest detail at the end; 1 for never.
    package var warpUntil = 1.0
    /// Deviation of the blur that takes the place of what is outside the mask, in both pictures.
    package var blurOutside = 0.0

    package init() {}

    /// Whether the truth needs its margin: it is moved itself, or its mask is wanted for the encoder's picture.
    var needsMargin: Bool { movesTruth || blurOutside > 0 }

    /// DeepFaceLab's: input and truth move alike, the input is warped on grids of 3, 5 or 9 points.
    package static var deepFaceLab: AugmentationSettings {
        var settings = still
        settings.mirrored = Mirroring(0.4)
        (settings.rotation, settings.zoom, settings.shift) = (10, log(1.15), 0.05)
        (settings.warpKind, settings.warp) = (.grid, 0.24)
        return settings
    }

    /// faceswap's: input and truth move alike, the input is warped on a grid of 5 × 5 points. Without its CLAHE.
    package static var faceswap: AugmentationSettings {
        var settings = still
        settings.mirrored = Mirroring(0.5)
        (settings.rotation, settings.zoom, settings.shift) = (10, log(1.05), 0.05)
        (settings.warpKind, settings.warp) = (.faceswap, 5.0 / 256)
        (settings.lightness, settings.tint, settings.coloursTruth) = (0.3, 0.08, true)
        return settings
    }

    /// Nothing but a truth that would move with its input.
    private static var still: AugmentationSettings {
        var settings = AugmentationSettings()
        settings.movesTruth = true
        (settings.gain, settings.offset, settings.light.share) = (0, 0, 0)
        return settings
    }
}

/// Share of each person's faces that are shown in a mirror.
package struct Mirroring: Sendable, Codable, Equatable {
    package var source: Double
    package var target: Double
    /// All further people.
    package var others: Double

    /// The same share for everyone.
    package init(_ share: Double = 0.5) { (source, target, others) = (share, share, share) }

    package subscript(person: Int) -> Double {
        switch person {
        case Validator.source: source
        case Validator.target: target
        default: others
        }
    }
}

/// How the encoder's picture is bent.
package enum WarpKind: String, Sendable, Codable, CaseIterable {
    case none
    /// 5 × 5 points moved by a normal distribution, cubic in between.
    case smooth
    /// DeepFaceLab's: 3, 5 or 9 points a side, inner ones moved by a normal distribution cut at two deviations, straight in
    /// between.
    case grid
    /// faceswap's: 5 × 5 points moved by a normal distribution, straight in between.
    case faceswap
}
