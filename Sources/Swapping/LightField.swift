import Foundation
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

    /// The difference along the mask's edge, spread inwards and outwards as smoothly as can be: gradient-domain ("seamless")
    /// blending keeps the face's gradients and meets the target at the edge, which is the face plus this membrane (Pérez,
    /// Gangnet and Blake, "Poisson image editing", 2003, equation 6), here at the field's own resolution. With a reach the
    /// membrane is held by springs and fades with the distance from the edge (a screened Poisson equation; Bhat et al.,
    /// "Fourier analysis of the 2D screened Poisson equation for gradient domain problems", 2008): the face meets the target at
    /// its edge and keeps its own colours within.
    ///
    /// - Parameter reach: distance over which it fades to 1/e, in sides of the crop; nil for no fading.
    /// - Returns: nil where the mask has no edge.
    package init?(membraneOf face: LabPicture, target: LabPicture, mask: Plane, reach: Double? = nil) {
        let side = Self.side
        // Brightest where the mask is half.
        var edge = mask.blurred(sigma: 0.02 * Double(mask.width))
        for index in edge.values.indices { edge.values[index] *= 4 * (1 - edge.values[index]) }
        let weight = edge.resized(width: side, height: side)
        let known = weight.values.map { $0 > 0.25 }
        guard known.contains(true) else { return nil }
        let spring = reach.map { Float(1 / pow(max(1e-3, $0) * Double(side), 2)) } ?? 0
        planes = [(face.lightness, target.lightness), (face.a, target.a), (face.b, target.b)].map {
            own, other in
            var difference = edge
            for index in difference.values.indices { difference.values[index] *= other[index] - own[index] }
            let values = difference.resized(width: side, height: side).combined(with: weight) {
                $0 / max($1, 1e-3)
            }
            return values.membrane(known: known, spring: spring)
        }
    }

    /// The difference in a band along the mask's edge, spread over the crop as a membrane that fades with the distance from it.
    ///
    /// - Parameters:
    ///   - edge: how much each pixel's difference counts, 0…1; over the rest the membrane is stretched.
    ///   - reach: distance over which it fades to 1/e, in sides of the crop.
    init(edgeOf face: LabPicture, target: LabPicture, edge: Plane, reach: Double) {
        let side = Self.side
        let weight = edge.resized(width: side, height: side).blurred(sigma: 1)
        let known = weight.values.map { $0 > 0.1 }
        let spring = Float(1 / pow(max(1e-3, reach) * Double(side), 2))
        planes = [(face.lightness, target.lightness), (face.a, target.a), (face.b, target.b)].map {
            own, other in
            guard known.contains(true) else { return Plane(width: side, height: side) }
            var difference = edge
            for index in difference.values.indices { difference.values[index] *= other[index] - own[index] }
            let values = difference.resized(width: side, height: side).blurred(sigma: 1)
                .combined(with: weight) { $0 / max($1, 1e-3) }
            return values.membrane(known: known, spring: spring)
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

extension Plane {
    /// ∇²u = spring · u between known values, and no slope at the plane's border: successive over-relaxation from their mean.
    fileprivate func membrane(known: [Bool], spring: Float) -> Plane {
        let fixed = values.indices.filter { known[$0] }
        let mean = fixed.reduce(0) { $0 + values[$1] } / Float(fixed.count)
        var result = self
        for index in result.values.indices where !known[index] { result.values[index] = mean }
        // Near the best factor for grids of this size, 2 / (1 + sin(π / side)).
        let factor = Float(2 / (1 + Double.pi / Double(max(width, height))))
        result.values.withUnsafeMutableBufferPointer { values in
            for _ in 0..<3 * max(width, height) {
                for row in 0..<height {
                    for column in 0..<width where !known[row * width + column] {
                        let index = row * width + column
                        let left = values[column > 0 ? index - 1 : index]
                        let right = values[column < width - 1 ? index + 1 : index]
                        let above = values[row > 0 ? index - width : index]
                        let below = values[row < height - 1 ? index + width : index]
                        values[index] +=
                            factor * ((left + right + above + below) / (4 + spring) - values[index])
                    }
                }
            }
        }
        return result
    }
}
