import Foundation
import Pictures

/// Grain, detail and compression of a target's face, and grain and detail of the swapped one, in frame pixels; averaged
/// over neighbouring frames before use.
package struct TextureMeasure: Sendable, Equatable {
    /// Standard deviations of the grain, in levels of luma.
    private var targetGrain: Float
    private var faceGrain: Float
    /// Standard deviations of the detail: between about two pixels of the network's output and the scale of grain.
    private var targetDetail: Float
    private var faceDetail: Float
    /// Compression of the target; `nil` if the face is too small for a measurement.
    private(set) var blocks: BlockSpectrum?

    private static let gains: ClosedRange<Float> = 0.3...2.5
    /// Least opacity of the swapped face at which texture is measured.
    private static let leastAmount: Float = 0.9
    /// Frequency band of the detail, as deviations of two blurs in units of `sigma`.
    private static let (fine, coarse) = (0.6, 2.0)
    /// Share of a difference, in logarithms, that is caused by cameras and not by people, where the swapped face has less
    /// detail; and the ratio to the target's detail above which it is attributed to cameras.
    private static let (cameras, people): (Float, Float) = (0.8, 1.6)

    /// `nil` if the face is too small for a measurement.
    ///
    /// - Parameters:
    ///   - gain: from `Compositor.gain(of:in:)`.
    ///   - mask: visible part of the swapped face, 0…1, in crop pixels.
    ///   - measuresGrain, measuresCompression: whether to measure these; otherwise they are 0 and `nil`.
    init?(
        _ place: FacePlace, _ face: Picture, gain: Plane?, mask: Plane, measuresGrain: Bool,
        measuresCompression: Bool
    ) {
        let (region, sigma) = (place.region, Self.sigma(ofScale: place.overlayTransform.scale))
        let map = AffineMap(place.overlayTransform, of: region, place.shape)
        let all = mask.sampled(width: region.width, height: region.height, transform: map, outside: 0)
        guard let counted = all.extent(above: Self.leastAmount) else { return nil }
        // With a margin for the reach of the blurs.
        let edge = Int((3 * Self.coarse * sigma).rounded(.up))
        let (x, y) = (max(0, counted.x - edge), max(0, counted.y - edge))
        let width = min(region.width, counted.x + counted.width + edge) - x
        let height = min(region.height, counted.y + counted.height + edge) - y
        let soft = face.sampled(
            width: width, height: height, transform: map.after(x: Double(x), y: Double(y)), filter: .bicubic)
        let drawn = gain.map {
            soft.multiplied(byExponentialOf: $0.cropped(x: x, y: y, width: width, height: height))
        }
        let luma = place.background.cropped(x: x, y: y, width: width, height: height).luma
        let amount = all.cropped(x: x, y: y, width: width, height: height)
        self.init(
            target: luma, face: (drawn ?? soft).luma, amount: amount, sigma: sigma,
            measuresGrain: measuresGrain)
        if measuresCompression {
            blocks = BlockSpectrum(luma, amount: amount, x: region.x + x, y: region.y + y)
        }
    }

    /// - Parameters:
    ///   - target, face: luma 0…255 of the same region.
    ///   - amount: opacity of the swapped face; pixels with nearly full opacity are measured.
    ///   - sigma: from `sigma(ofScale:)`.
    ///   - measuresGrain: whether to measure grain; otherwise it is 0.
    package init?(
        target: Plane, face: Plane, amount: Plane, sigma: Double, measuresGrain: Bool = true
    ) {
        let inside = amount.values.indices.filter { index in
            let (x, y) = (index % amount.width, index / amount.width)
            return amount.values[index] > Self.leastAmount && x > 0 && y > 0 && x < amount.width - 1
                && y < amount.height - 1
        }
        guard inside.count >= 400 else { return nil }
        (targetGrain, faceGrain) =
            measuresGrain ? (Self.grain(target, inside), Self.grain(face, inside)) : (0, 0)
        (targetDetail, faceDetail) = (
            Self.detail(target, inside, sigma), Self.detail(face, inside, sigma)
        )
    }

    /// Weighted mean of several; `nil` if there are none.
    static func average(_ weighted: [(measure: TextureMeasure, weight: Float)]) -> TextureMeasure? {
        guard var result = weighted.first?.measure else { return nil }
        let total = weighted.reduce(0) { $0 + $1.weight }
        func mean(_ value: (TextureMeasure) -> Float) -> Float {
            weighted.reduce(0) { $0 + value($1.measure) * $1.weight } / total
        }
        (result.targetGrain, result.faceGrain) = (mean(\.targetGrain), mean(\.faceGrain))
        (result.targetDetail, result.faceDetail) = (mean(\.targetDetail), mean(\.faceDetail))
        result.blocks = BlockSpectrum.average(
            weighted.compactMap { entry in entry.measure.blocks.map { ($0, entry.weight) } })
        return result
    }

    /// The measurement for a swapped face whose contrast is multiplied.
    package func stretched(by gain: Float) -> TextureMeasure {
        var result = self
        (result.faceDetail, result.faceGrain) = (faceDetail * gain, faceGrain * gain)
        return result
    }

    /// Gain that matches the swapped face's detail to the target's, except for differences between people: freckles, lashes
    /// and lines are not caused by the camera.
    package var detailGain: Float {
        guard faceDetail > 1e-3 else { return 1 }
        let ratio = targetDetail / faceDetail
        let gain = ratio > 1 ? pow(ratio, Self.cameras) : min(1, ratio * Self.people)
        return min(max(gain, Self.gains.lowerBound), Self.gains.upperBound)
    }

    /// Missing grain of the swapped face, as a standard deviation in levels of luma.
    package var missingGrain: Float { max(0, targetGrain * targetGrain - faceGrain * faceGrain).squareRoot() }

    /// Standard deviation, in frame pixels, of the blur that separates detail: about a pixel of the network's output.
    ///
    /// - Parameter scale: pixels of the network's output per frame pixel.
    static func sigma(ofScale scale: Double) -> Double { max(1, 1 / max(scale, 0.05)) }

    /// Noise from the median response of a filter that ignores straight edges (Immerkær, "Fast noise variance estimation",
    /// 1996; the median, as skin has lines).
    private static func grain(_ plane: Plane, _ inside: [Int]) -> Float {
        let (values, width) = (plane.values, plane.width)
        let responses = inside.map { at -> Float in
            let corners =
                values[at - width - 1] + values[at - width + 1] + values[at + width - 1]
                + values[at + width + 1]
            let sides = values[at - 1] + values[at + 1] + values[at - width] + values[at + width]
            return abs(corners - 2 * sides + 4 * values[at])
        }
        return (responses.median() ?? 0) / (6 * 0.6745)
    }

    private static func detail(_ plane: Plane, _ inside: [Int], _ sigma: Double) -> Float {
        let (fine, coarse) = (
            plane.blurred(sigma: Self.fine * sigma), plane.blurred(sigma: Self.coarse * sigma)
        )
        let sum = inside.reduce(Float(0)) { sum, index in
            let difference = fine.values[index] - coarse.values[index]
            return sum + difference * difference
        }
        return (sum / Float(inside.count)).squareRoot()
    }
}

extension Picture {
    /// Adds normally distributed grain to luma, different in every frame and reproducible.
    ///
    /// - Parameters:
    ///   - deviation: in levels of luma.
    ///   - x, y: position of the picture's corner in the frame.
    package func grained(deviation: Float, frame: Int, x: Int, y: Int) -> Picture {
        var result = self
        for row in 0..<height {
            for column in 0..<width {
                let value = deviation * Self.normal(frame, x + column, y + row)
                let start = (row * width + column) * 3
                for index in start..<start + 3 {
                    result.pixels[index] = UInt8(rounding: Float(pixels[index]) + value)
                }
            }
        }
        return result
    }

    /// About normally distributed: the sum of the four 16-bit numbers of a hash (Irwin–Hall), scaled to deviation 1.
    private static func normal(_ frame: Int, _ x: Int, _ y: Int) -> Float {
        var hash = UInt64(bitPattern: Int64(frame)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= UInt64(bitPattern: Int64(x)) &* 0xC2B2_AE3D_27D4_EB4F
        hash ^= UInt64(bitPattern: Int64(y)) &* 0x1656_67B1_9E37_79F9
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        var sum: Float = 0
        for shift in [0, 16, 32, 48] as [UInt64] { sum += Float((hash >> shift) & 0xFFFF) }
        return (sum / 65535 - 2) * Float(3).squareRoot()
    }
}
