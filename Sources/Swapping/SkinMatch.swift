import Foundation
import Pictures

/// Matches the skin colours, then corrects the remaining difference at the mask's edge.
///
/// First the features' contrast is raised to the target's (`FeatureContrast`) where it is lower.
///
/// Lightness is multiplied, as light acts, and chroma is rotated and scaled as one complex number a + ib: the skin gets the
/// target's colour while grey stays grey, so teeth and the whites of the eyes take no tint, and a black-and-white target
/// gives a black-and-white face. Chroma is hardly amplified, which would make lips and irises glow; the missing chroma of a
/// pale skin is added instead, with a higher weight for skin-coloured pixels. The remaining difference, such as light from
/// one side, is corrected at the edge and decays towards the middle, where the face keeps its own light.
struct SkinMatch: Sendable {
    /// Mean L*, a*, b* of the swapped face's skin and of the target's.
    private var own: SIMD3<Float>
    private var other: SIMD3<Float>
    private var rest: LightField
    /// Feature contrast of the swapped face and of the target.
    private var contrast: (own: FeatureContrast, other: FeatureContrast)
    private var region: Region

    private static let gains: ClosedRange<Float> = 0.5...1.8
    /// L* + 16 is proportional to the cube root of luminance.
    private static let foot: Float = 16
    private static let greatestStretch: Float = 1.1
    private static let greatestTurn: Float = .pi / 4
    /// Chroma below which a skin's hue is undefined.
    private static let leastChroma: Float = 3
    /// Distance in a* and b* from the skin's mean at which a colour's skin weight is e^−½.
    private static let likeness: Float = 9
    /// Shares of the change of lightness, and of the added a* and b*, for pixels that are not skin.
    private static let (leastGain, leastShift): (Float, Float) = (0.5, 0.4)

    /// - Parameters:
    ///   - mask: mask of the face, 0…1.
    ///   - region: face and skin region from the landmarks.
    ///   - faceWidth: in pixels of the mask.
    ///   - reach: distance at which the edge correction decays to 1/e, in face widths.
    /// - Returns: `nil` if too little of the face is visible.
    init?(
        face: LabPicture, target: LabPicture, mask: Plane, region: SkinRegion, faceWidth: Double,
        reach: Double
    ) {
        // A learned mask of 0.9 within the face is not an edge.
        var decided = mask
        for index in decided.values.indices {
            decided.values[index] = min(1, max(0, (decided.values[index] - 0.35) / 0.3))
        }
        let both = region.weighted(in: target).product(region.weighted(in: face))
        let seen = decided.product(both)
        guard
            let own = ColourStatistics(face, mask: seen) ?? ColourStatistics(face, mask: decided),
            let other = ColourStatistics(target, mask: seen) ?? ColourStatistics(target, mask: decided)
        else { return nil }
        (self.own, self.other) = (own.mean, other.mean)
        let seenFace = Region(
            measured: decided.product(region.features.union(both)),
            stretched: decided.product(region.hull).blurred(sigma: Self.softness * faceWidth),
            faceWidth: faceWidth)
        let contrast = (
            own: FeatureContrast(face, face: seenFace.measured, faceWidth: faceWidth),
            other: FeatureContrast(target, face: seenFace.measured, faceWidth: faceWidth)
        )
        (self.contrast, self.region) = (contrast, seenFace)
        let inner = decided.eroded(radius: Self.band * faceWidth)
        let edge = decided.combined(with: inner) { max(0, $0 - $1) }.product(both)
        rest = LightField(
            edgeOf: Self.turned(
                seenFace.stretched(face, by: contrast.own.gain(to: contrast.other)), of: face,
                from: own.mean, to: other.mean), target: target, edge: edge,
            reach: reach * faceWidth / Double(max(1, mask.width)))
    }

    /// Width of the band at the edge in which the remaining difference is measured, in face widths.
    private static let band = 0.08
    /// Standard deviation of the feather of the contrast gain at the face's edge, in face widths.
    private static let softness = 0.06

    /// Region in which features and the surrounding skin are measured and their contrast is amplified.
    private struct Region: Sendable {
        let measured: Plane
        let stretched: Plane
        let faceWidth: Double

        func stretched(_ face: LabPicture, by gain: SIMD2<Float>) -> LabPicture {
            FeatureContrast.stretched(
                face, by: gain, amount: stretched, face: measured, faceWidth: faceWidth)
        }
    }

    /// Contrast factor of the swapped face's lightness.
    var contrastGain: Float {
        contrast.own.gain(to: contrast.other).x * Self.lightnessGain(from: own, to: other)
    }

    private static func lightnessGain(from own: SIMD3<Float>, to other: SIMD3<Float>) -> Float {
        min(max((other.x + foot) / (own.x + foot), gains.lowerBound), gains.upperBound)
    }

    /// Applies the colour transfer to the face.
    ///
    /// - Parameters:
    ///   - own: the measurement of this face, which corrects its deviation from the mean of the frames.
    ///   - weighted: measurements of this frame and its neighbours; the target's colour is their mean.
    static func applied(
        _ weighted: [(match: SkinMatch, weight: Float)], own: SkinMatch?, to face: LabPicture
    ) -> LabPicture? {
        let total = weighted.reduce(0) { $0 + $1.weight }
        guard total > 0, let rest = LightField.average(weighted.map { ($0.match.rest, $0.weight) })
        else { return nil }
        func mean(_ value: (SkinMatch) -> SIMD3<Float>) -> SIMD3<Float> {
            weighted.reduce(.zero) { $0 + value($1.match) * ($1.weight / total) }
        }
        func contrast(_ value: (SkinMatch) -> FeatureContrast) -> FeatureContrast {
            FeatureContrast.mean(weighted.map { (value($0.match), $0.weight) })
        }
        let stretched = (own ?? weighted[0].match).region.stretched(
            face, by: contrast(\.contrast.own).gain(to: contrast(\.contrast.other)))
        return rest.added(to: turned(stretched, of: face, from: own?.own ?? mean(\.own), to: mean(\.other)))
    }

    /// - Parameters:
    ///   - face: the face after contrast amplification.
    ///   - original: the face as generated, whose colours determine the skin weights.
    private static func turned(
        _ face: LabPicture, of original: LabPicture, from own: SIMD3<Float>, to other: SIMD3<Float>
    ) -> LabPicture {
        var result = face
        let gain = lightnessGain(from: own, to: other)
        let (chroma, wanted) = (SIMD2(own.y, own.z), SIMD2(other.y, other.z))
        let square = (chroma * chroma).sum()
        // other / own as complex numbers, limited to the range of skin under common lights.
        var factor = SIMD2<Float>(1, 0)
        if square > leastChroma * leastChroma {
            factor = SIMD2(
                (wanted * chroma).sum() / square, (wanted.y * chroma.x - wanted.x * chroma.y) / square)
            let length = (factor * factor).sum().squareRoot()
            let angle = length > 0.05 ? atan2(factor.y, factor.x) : 0
            let (stretch, turn) = (
                min(length, greatestStretch), min(max(angle, -greatestTurn), greatestTurn)
            )
            factor = SIMD2(stretch * cos(turn), stretch * sin(turn))
        }
        func product(_ colour: SIMD2<Float>) -> SIMD2<Float> {
            SIMD2(colour.x * factor.x - colour.y * factor.y, colour.x * factor.y + colour.y * factor.x)
        }
        let shift = wanted - product(chroma)
        let lift = other.x + foot - gain * (own.x + foot)
        for index in face.lightness.indices {
            let colour = SIMD2(face.a[index], face.b[index])
            let distance = SIMD2(original.a[index], original.b[index]) - chroma
            let skin = exp(-(distance * distance).sum() / (2 * likeness * likeness))
            let lit = gain * (face.lightness[index] + foot) - foot + lift
            let share = leastGain + (1 - leastGain) * skin
            result.lightness[index] = min(
                100, max(0, face.lightness[index] + (lit - face.lightness[index]) * share))
            let turned = product(colour) + shift * (leastShift + (1 - leastShift) * skin)
            (result.a[index], result.b[index]) = (turned.x, turned.y)
        }
        return result
    }
}
