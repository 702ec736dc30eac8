import Faces
import Pictures

/// How a swapped face gets its target's colours.
package enum ColourTransfer: Sendable, Codable, Equatable {
    case none
    /// Mean and deviation over the mask.
    case statistics(ColourMatch)
    /// The slow part of the difference; `reach` is the blur's standard deviation in face widths.
    case light(reach: Double)
}

/// What was measured in one frame for the transfer; averaged over neighbouring frames before it is used.
enum ColourMeasure: Sendable {
    case statistics(face: ColourStatistics, target: ColourStatistics)
    case light(LightField)

    /// - Parameters:
    ///   - mask: what belongs to both faces, in crop pixels.
    ///   - faceWidth: width of the face in crop pixels.
    /// - Returns: nil where nothing is to be transferred or the mask is too small.
    init?(_ transfer: ColourTransfer, face: LabPicture, target: Picture, mask: Plane, faceWidth: Double) {
        switch transfer {
        case .none:
            return nil
        case .statistics:
            guard let own = ColourStatistics(face, mask: mask),
                let other = ColourStatistics(LabPicture(target), mask: mask)
            else { return nil }
            self = .statistics(face: own, target: other)
        case .light(let reach):
            let share = reach * faceWidth / Double(max(1, mask.width))
            guard let field = LightField(face: face, target: LabPicture(target), mask: mask, reach: share)
            else { return nil }
            self = .light(field)
        }
    }

    /// The face in the colours that several measures agree on.
    static func apply(
        _ measures: [(measure: ColourMeasure, weight: Float)], of transfer: ColourTransfer,
        to face: LabPicture
    ) -> Picture {
        switch transfer {
        case .none:
            return face.picture
        case .statistics(let match):
            let pairs = measures.compactMap { entry -> (ColourStatistics, ColourStatistics, Float)? in
                guard case .statistics(let own, let other) = entry.measure else { return nil }
                return (own, other, entry.weight)
            }
            guard let own = ColourStatistics.average(pairs.map { ($0.0, $0.2) }),
                let other = ColourStatistics.average(pairs.map { ($0.1, $0.2) })
            else { return face.picture }
            return match.matched(face, from: own, to: other).picture
        case .light:
            let fields = measures.compactMap { entry -> (LightField, Float)? in
                guard case .light(let field) = entry.measure else { return nil }
                return (field, entry.weight)
            }
            return (LightField.average(fields)?.added(to: face) ?? face).picture
        }
    }
}
