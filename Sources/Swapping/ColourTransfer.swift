import Faces
import Pictures

/// Colour transfer from the target to the swapped face. All modes but `none` are measured over the mask in CIE L*a*b*, and
/// the measurements are smoothed along the track.
package enum ColourTransfer: Sendable, Codable, Equatable {
    case none
    /// Low frequencies of the difference; `reach` is the blur's standard deviation in face widths.
    case light(reach: Double)
    /// The difference along the mask's edge, interpolated over the face; with a reach, in face widths, it fades towards the
    /// middle (`LightField.init(membraneOf:)`).
    case seamless(reach: Double?)
    /// The skin's colour, and the remaining difference at the edge, which fades over `reach` face widths (`SkinMatch`).
    case skin(reach: Double)
    /// Mean and deviation per channel.
    case statistics(ColourMatch)
    /// Mean and covariance.
    case linear(LinearColourMap)
    /// Full distribution per channel.
    case histogram
    /// Joint distribution of all three channels.
    case sliced(SlicedColourMap)
}

/// Colour measurement of one frame; averaged over neighbouring frames before use.
enum ColourMeasure: Sendable {
    case field(LightField)
    case skin(SkinMatch)
    case statistics(face: ColourStatistics, target: ColourStatistics)
    case moments(face: ColourMoments, target: ColourMoments)
    case quantiles(face: ColourQuantiles, target: ColourQuantiles)
    case slices(ColourSlices)

    /// - Parameters:
    ///   - mask: intersection of both faces, in crop pixels.
    ///   - region: face and skin region from the landmarks; `nil` for the whole mask.
    ///   - faceWidth: width of the face in crop pixels.
    /// - Returns: `nil` if the mode is `none` or the mask is too small.
    init?(
        _ transfer: ColourTransfer, face: LabPicture, target: Picture, mask: Plane, region: SkinRegion? = nil,
        faceWidth: Double
    ) {
        if transfer == .none { return nil }
        let other = LabPicture(target)
        func both<Value>(_ make: (LabPicture) -> Value?) -> (face: Value, target: Value)? {
            make(face).flatMap { own in make(other).map { (own, $0) } }
        }
        let measure: ColourMeasure? =
            switch transfer {
            case .none: nil
            case .light(let reach):
                LightField(
                    face: face, target: other, mask: mask,
                    reach: reach * faceWidth / Double(max(1, mask.width))
                ).map { .field($0) }
            case .seamless(let reach):
                LightField(
                    membraneOf: face, target: other, mask: mask,
                    reach: reach.map { $0 * faceWidth / Double(max(1, mask.width)) }
                ).map { .field($0) }
            case .skin(let reach):
                SkinMatch(
                    face: face, target: other, mask: mask,
                    region: region ?? SkinRegion(skin: mask), faceWidth: faceWidth, reach: reach
                ).map { .skin($0) }
            case .statistics:
                both { ColourStatistics($0, mask: mask) }.map { .statistics(face: $0, target: $1) }
            case .linear: both { ColourMoments($0, mask: mask) }.map { .moments(face: $0, target: $1) }
            case .histogram: both { ColourQuantiles($0, mask: mask) }.map { .quantiles(face: $0, target: $1) }
            case .sliced(let map):
                ColourSlices(map, face: face, target: other, mask: mask).map { .slices($0) }
            }
        guard let measure else { return nil }
        self = measure
    }

    /// Applies the weighted mean of several measurements to a face.
    ///
    /// - Parameters:
    ///   - own: the measurement of this face.
    ///   - strength: strength of the transfer, 0…1.
    static func apply(
        _ measures: [(measure: ColourMeasure, weight: Float)], own: ColourMeasure?,
        of transfer: ColourTransfer, strength: Float, to face: LabPicture
    ) -> Picture {
        func matched() -> LabPicture? {
            switch transfer {
            case .none:
                return nil
            case .skin:
                return SkinMatch.applied(
                    measures.compactMap { entry in entry.measure.skin.map { ($0, entry.weight) } },
                    own: own?.skin, to: face)
            case .light, .seamless:
                return LightField.average(
                    measures.compactMap { entry in entry.measure.field.map { ($0, entry.weight) } })?
                    .added(to: face)
            case .statistics(let match):
                let pairs = measures.compactMap { entry in entry.measure.statistics.map { ($0, entry.weight) }
                }
                guard let own = ColourStatistics.average(pairs.map { ($0.0.face, $0.1) }),
                    let other = ColourStatistics.average(pairs.map { ($0.0.target, $0.1) })
                else { return nil }
                return match.matched(face, from: own, to: other)
            case .linear(let map):
                let pairs = measures.compactMap { entry in entry.measure.moments.map { ($0, entry.weight) } }
                guard let own = ColourMoments.average(pairs.map { ($0.0.face, $0.1) }),
                    let other = ColourMoments.average(pairs.map { ($0.0.target, $0.1) })
                else { return nil }
                return map.matched(face, from: own, to: other)
            case .histogram:
                let pairs = measures.compactMap { entry in entry.measure.quantiles.map { ($0, entry.weight) }
                }
                guard let own = ColourQuantiles.average(pairs.map { ($0.0.face, $0.1) }),
                    let other = ColourQuantiles.average(pairs.map { ($0.0.target, $0.1) })
                else { return nil }
                return own.matched(face, to: other)
            case .sliced:
                return ColourSlices.average(
                    measures.compactMap { entry in entry.measure.slices.map { ($0, entry.weight) } })?
                    .matched(face)
            }
        }
        guard var result = matched() else { return face.picture }
        guard strength < 1 else { return result.picture }
        func mixed(_ own: [Float], _ other: [Float]) -> [Float] {
            zip(own, other).map { $0 + ($1 - $0) * strength }
        }
        result.lightness = mixed(face.lightness, result.lightness)
        result.a = mixed(face.a, result.a)
        result.b = mixed(face.b, result.b)
        return result.picture
    }

    /// Contrast factor of the transfer in lightness; 1 if unknown.
    var contrastGain: Float { skin?.contrastGain ?? 1 }

    private var field: LightField? {
        if case .field(let field) = self { field } else { nil }
    }
    private var skin: SkinMatch? {
        if case .skin(let match) = self { match } else { nil }
    }
    private var statistics: (face: ColourStatistics, target: ColourStatistics)? {
        if case .statistics(let face, let target) = self { (face, target) } else { nil }
    }
    private var moments: (face: ColourMoments, target: ColourMoments)? {
        if case .moments(let face, let target) = self { (face, target) } else { nil }
    }
    private var quantiles: (face: ColourQuantiles, target: ColourQuantiles)? {
        if case .quantiles(let face, let target) = self { (face, target) } else { nil }
    }
    private var slices: ColourSlices? {
        if case .slices(let slices) = self { slices } else { nil }
    }
}
