import Pictures
import Testing

@testable import Swapping

@Suite("Contrast of features")
struct FeatureContrastTests {
    private static let (side, faceWidth) = (96, 60.0)

    /// Skin under light from one side, with dark eyes and a red mouth.
    ///
    /// - Parameters:
    ///   - contrast: contrast of the features, at most 1.
    ///   - slope: of lightness, from left to right.
    private func face(contrast: Float = 1, slope: Float = 12) -> LabPicture {
        var lab = LabPicture(Picture(width: Self.side, height: Self.side, red: 0, green: 0, blue: 0))
        for index in lab.lightness.indices {
            let (x, y) = (index % Self.side, index / Self.side)
            let light = slope * (Float(x) / Float(Self.side) - 0.5)
            var feature = SIMD3<Float>.zero
            if (36..<42).contains(y) && ((30..<40).contains(x) || (56..<66).contains(x)) {
                feature = SIMD3(-35, -8, -10)
            }
            if (62..<68).contains(y) && (38..<58).contains(x) { feature = SIMD3(-15, 18, 2) }
            let colour = SIMD3<Float>(60 + light, 14, 18) + feature * contrast
            (lab.lightness[index], lab.a[index], lab.b[index]) = (colour.x, colour.y, colour.z)
        }
        return lab
    }

    private var region: Plane {
        var plane = Plane(width: Self.side, height: Self.side)
        for y in 16..<84 { for x in 18..<78 { plane.values[y * Self.side + x] = 1 } }
        return plane
    }

    private func contrast(_ picture: LabPicture) -> FeatureContrast {
        FeatureContrast(picture, face: region, faceWidth: Self.faceWidth)
    }
    private func amplified(_ picture: LabPicture, by gain: SIMD2<Float>) -> LabPicture {
        FeatureContrast.amplified(picture, by: gain, amount: region, face: region, faceWidth: Self.faceWidth)
    }

    @Test("a hazy face's features get a clear face's contrast, in lightness and in colour")
    func haze() {
        let (hazy, clear) = (face(contrast: 0.6), face())
        let gain = contrast(hazy).gain(to: contrast(clear))
        // (1 / 0.6)^0.8
        #expect(abs(gain.x - 1.505) < 0.06 && abs(gain.y - 1.505) < 0.06, "\(gain)")
        let result = contrast(amplified(hazy, by: gain))
        #expect(abs(result.lightness / contrast(hazy).lightness - gain.x) < 0.1)
        #expect(abs(result.chroma / contrast(hazy).chroma - gain.y) < 0.1)
    }

    @Test("light from one side does not count as contrast and is not amplified")
    func light() {
        let (even, lit) = (face(contrast: 0.6, slope: 0), face(contrast: 0.6, slope: 20))
        #expect(abs(contrast(lit).lightness / contrast(even).lightness - 1) < 0.1)
        let result = amplified(lit, by: SIMD2(1.8, 1.8))
        for x in [24, 48, 72] {
            let place = 50 * Self.side + x
            #expect(abs(result.lightness[place] - lit.lightness[place]) < 2.5, "\(x)")
        }
    }

    @Test("a flat target does not reduce the contrast, and the gain is limited")
    func bounds() {
        #expect(contrast(face()).gain(to: contrast(face(contrast: 0.3))) == SIMD2(1, 1))
        #expect(contrast(face(contrast: 0.1)).gain(to: contrast(face())) == SIMD2(1.8, 2.4))
        #expect(contrast(face(contrast: 0)).gain(to: contrast(face(contrast: 0))) == SIMD2(1, 1))
        #expect(amplified(face(), by: SIMD2(1, 1)) == face())
    }

    @Test("pixels outside the face stay unchanged")
    func outside() {
        var picture = face(contrast: 0.6)
        for index in picture.lightness.indices where index / Self.side < 8 { picture.lightness[index] = 5 }
        let result = amplified(picture, by: SIMD2(1.8, 1.8))
        for x in [4, 48, 90] { #expect(abs(result.lightness[3 * Self.side + x] - 5) < 0.5) }
    }
}
