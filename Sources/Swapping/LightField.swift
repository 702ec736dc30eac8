import Pictures

/// How a place differs in light and colour from the face that goes there: the slow part of the difference of the target's and
/// the face's L*a*b*, over the crop.
///
/// Added to the face it brings the target's light, shadows of the head included, and one skin colour up to the mask's edge,
/// while the face keeps its own contrast and detail, which matching the deviation would stretch.
package struct LightField: Sendable, Equatable {
    /// Samples on each side: the field has nothing finer to say.
    package static let side = 32

    /// Differences of L*, a* and b*, each `side × side`.
    package var planes: [Plane]

    /// - Parameters:
    ///   - mask: what belongs to both faces, 0…1; elsewhere the nearest known difference spreads.
    ///   - reach: standard deviation of the blur, in sides of the crop.
    /// - Returns: nil where the mask is empty.
    package init?(face: LabPicture, target: LabPicture, mask: Plane, reach: Double) {
        guard mask.mean > 1e-3 else { return nil }
        let sigma = reach * Double(Self.side)
        let weight = mask.resized(width: Self.side, height: Self.side).blurred(sigma: sigma)
        planes = [(face.lightness, target.lightness), (face.a, target.a), (face.b, target.b)].map {
            own, other in
            var difference = mask
            for index in difference.values.indices { difference.values[index] *= other[index] - own[index] }
            let spread = difference.resized(width: Self.side, height: Self.side).blurred(sigma: sigma)
            return spread.combined(with: weight) { $0 / ($1 + 1e-3) }
        }
    }

    /// Weighted mean of several; nil for none.
    package static func average(_ weighted: [(field: LightField, weight: Float)]) -> LightField? {
        let total = weighted.reduce(0) { $0 + $1.weight }
        guard total > 0, var result = weighted.first?.field else { return nil }
        for index in result.planes.indices {
            result.planes[index].values = result.planes[index].values.map { _ in 0 }
            for (field, weight) in weighted {
                for sample in field.planes[index].values.indices {
                    result.planes[index].values[sample] += field.planes[index].values[sample] * weight / total
                }
            }
        }
        return result
    }

    /// The face in the target's light.
    package func added(to face: LabPicture) -> LabPicture {
        var result = face
        let full = planes.map { $0.resized(width: face.width, height: face.height).values }
        for index in face.lightness.indices {
            result.lightness[index] += full[0][index]
            result.a[index] += full[1][index]
            result.b[index] += full[2][index]
        }
        return result
    }
}
