import Foundation
import Pictures

/// Low-frequency difference in light and colour between the target and the swapped face in L*a*b*, over the crop.
///
/// Added to the face, it transfers the target's light, shadows of the head included, and matches the skin colour up to the
/// mask's edge. The face keeps its own contrast and detail, which matching the deviation would amplify.
package struct LightField: Sendable, Equatable {
    /// Samples on each side: the field holds low frequencies only.
    package static let side = 32

    /// Differences of L*, a* and b*, each `side × side`.
    package var planes: [Plane]

    /// - Parameters:
    ///   - mask: intersection of both faces, 0…1; elsewhere the nearest known difference is extrapolated.
    ///   - reach: standard deviation of the blur, in sides of the crop.
    /// - Returns: `nil` if the mask is empty.
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

    /// The difference along the mask's edge, interpolated inwards and outwards as smoothly as possible: gradient-domain
    /// ("seamless") blending keeps the face's gradients and matches the target at the edge, which equals the face plus this
    /// membrane (Pérez, Gangnet and Blake, "Poisson image editing", 2003, equation 6), here at the field's resolution. With
    /// a reach the equation is screened, and the membrane decays with the distance from the edge (Bhat et al., "Fourier
    /// analysis of the 2D screened Poisson equation for gradient domain problems", 2008): the face matches the target at
    /// the edge and keeps its own colours inside.
    ///
    /// - Parameter reach: distance at which it decays to 1/e, in sides of the crop; `nil` for no decay.
    /// - Returns: `nil` if the mask has no edge.
    package init?(membraneOf face: LabPicture, target: LabPicture, mask: Plane, reach: Double? = nil) {
        let side = Self.side
        // Greatest where the mask is 0.5.
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

    /// The difference in a band along the mask's edge, interpolated over the crop as a membrane that decays with the
    /// distance from it.
    ///
    /// - Parameters:
    ///   - edge: weight of each pixel's difference, 0…1; the membrane is interpolated over the rest.
    ///   - reach: distance at which it decays to 1/e, in sides of the crop.
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

    /// Weighted mean of several; `nil` if there are none.
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

    /// Adds the difference to the face.
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
    /// Solves ∇²u = spring · u between known values with zero slope at the plane's border, by successive over-relaxation
    /// from their mean.
    fileprivate func membrane(known: [Bool], spring: Float) -> Plane {
        let fixed = values.indices.filter { known[$0] }
        let mean = fixed.reduce(0) { $0 + values[$1] } / Float(fixed.count)
        var result = self
        for index in result.values.indices where !known[index] { result.values[index] = mean }
        // Near the optimal relaxation factor for grids of this size, 2 / (1 + sin(π / side)).
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
