import Foundation
import Pictures

/// Contrast of a face's features (brows, eyes and lips) against the surrounding skin, independent of the light on the whole
/// face.
///
/// Cameras differ in it more than people do. A webcam's small, hazy face has half the contrast of a studio recording:
/// overlaid on a studio picture without a correction, eyes and mouth look smudged, and neither people nor networks
/// recognise the person.
struct FeatureContrast: Sendable, Equatable {
    /// Deviations of lightness, as a share of L* + 16, and of chroma, within `reach` of each position.
    var lightness: Float
    var chroma: Float

    /// Side of the measured pictures, in pixels: finer detail depends on resolution.
    private static let side = 64
    /// Standard deviation of the surroundings, in face widths.
    private static let reach = 0.2
    /// Weight of positions outside the face in the surroundings: far from the face, the surroundings equal the position
    /// itself.
    private static let outside: Float = 0.01
    /// Share of a difference between two faces, in logarithms, that is caused by cameras and not by people: (0.3² / (0.3² +
    /// 0.15²)). The deviation of 0.15 was measured on rendered people in one light.
    private static let cameras: Float = 0.8
    /// Upper limits. Cameras lose more chroma than lightness; larger gains flicker.
    private static let greatest: (lightness: Float, chroma: Float) = (1.8, 2.4)

    /// Gains of lightness and chroma deviations that match the features' contrast to another face's. At least 1: a target
    /// in flat light does not weaken a person's features.
    func gain(to other: FeatureContrast) -> SIMD2<Float> {
        func gain(_ own: Float, _ other: Float, atMost greatest: Float) -> Float {
            guard own > 1e-3, other > own else { return 1 }
            return min(greatest, pow(other / own, Self.cameras))
        }
        return SIMD2(
            gain(lightness, other.lightness, atMost: Self.greatest.lightness),
            gain(chroma, other.chroma, atMost: Self.greatest.chroma))
    }

    /// - Parameters:
    ///   - face: mask of the face, 0…1, without hair in front of it.
    ///   - faceWidth: in pixels of the picture.
    init(_ picture: LabPicture, face: Plane, faceWidth: Double) {
        let parts = Parts(picture, face: face, faceWidth: faceWidth)
        var (weight, squares, level) = (Float(1e-6), SIMD2<Float>.zero, Float(0))
        let (small, around) = (parts.small.map(\.values), parts.around.map(\.values))
        for (index, share) in parts.face.values.enumerated() where share > 0 {
            let (l, a, b) = (
                small[0][index] - around[0][index], small[1][index] - around[1][index],
                small[2][index] - around[2][index]
            )
            weight += share
            level += share * small[0][index]
            squares += share * SIMD2(l * l, a * a + b * b)
        }
        lightness = (squares.x / weight).squareRoot() / max(1, level / weight + 16)
        chroma = (squares.y / weight).squareRoot()
    }

    /// Weighted mean of several.
    static func mean(_ weighted: [(contrast: FeatureContrast, weight: Float)]) -> FeatureContrast {
        var result = FeatureContrast(lightness: 0, chroma: 0)
        let total = max(1e-6, weighted.reduce(0) { $0 + $1.weight })
        for (contrast, weight) in weighted {
            result.lightness += contrast.lightness * weight / total
            result.chroma += contrast.chroma * weight / total
        }
        return result
    }

    private init(lightness: Float, chroma: Float) { (self.lightness, self.chroma) = (lightness, chroma) }

    /// Amplifies the contrast of the features. Parameters as of `init`, and:
    ///
    /// - Parameter amount: strength per pixel, 0…1.
    static func stretched(
        _ picture: LabPicture, by gain: SIMD2<Float>, amount: Plane, face: Plane, faceWidth: Double
    ) -> LabPicture {
        guard gain.x > 1 || gain.y > 1 else { return picture }
        let around = Parts(picture, face: face, faceWidth: faceWidth).around
            .map { $0.resized(width: picture.width, height: picture.height).values }
        var result = picture
        for index in result.lightness.indices where amount.values[index] > 0 {
            let more = (gain - 1) * amount.values[index]
            result.lightness[index] += more.x * (picture.lightness[index] - around[0][index])
            result.a[index] += more.y * (picture.a[index] - around[1][index])
            result.b[index] += more.y * (picture.b[index] - around[2][index])
        }
        return result
    }

    /// A reduced picture in L*a*b*, and the surroundings' mean at each position.
    private struct Parts {
        let face: Plane
        let small: [Plane]
        let around: [Plane]

        init(_ picture: LabPicture, face: Plane, faceWidth: Double) {
            let side = FeatureContrast.side
            let sigma = FeatureContrast.reach * faceWidth * Double(side) / Double(max(1, face.width))
            self.face = face.resized(width: side, height: side)
            small = [picture.lightness, picture.a, picture.b].map {
                Plane(width: picture.width, height: picture.height, values: $0)
                    .resized(width: side, height: side)
            }
            let weight = self.face.blurred(sigma: sigma)
            around = small.map { [face = self.face] plane in
                let sum = plane.product(face).blurred(sigma: sigma)
                var result = plane
                for index in result.values.indices {
                    result.values[index] =
                        (sum.values[index] + FeatureContrast.outside * plane.values[index])
                        / (weight.values[index] + FeatureContrast.outside)
                }
                return result
            }
        }
    }
}
