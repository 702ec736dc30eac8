import Foundation
import Pictures

/// Maps a face's colours to the target's joint distribution in steps, each of which transports them along some lines
/// through L*a*b*.
package enum SlicedColourMap: String, Sendable, Codable, CaseIterable {
    /// Three orthogonal lines, rotated in each step: iterative distribution transfer (Pitié, Kokaram and Dahyot,
    /// "N-dimensional probability density function transfer", 2005).
    case idt
    /// The mean over many lines: sliced optimal transport (Rabin, Peyré, Delon and Bernot, "Wasserstein barycenter and its
    /// application to texture mixing", 2011).
    case sot

    /// The lines of each step. Evenly distributed instead of random, so that the result is deterministic.
    var steps: [[SIMD3<Float>]] {
        switch self {
        case .idt: (0..<8).map(Self.basis)
        case .sot: (0..<6).map { Self.fan($0, of: 6) }
        }
    }

    /// Step size along each line.
    var share: Float {
        switch self {
        case .idt: 1
        // The mean over lines in all directions covers a third of the distance.
        case .sot: 3.0 / 6
        }
    }

    /// The channels' axes first, then rotated by angles that never repeat.
    private static func basis(_ step: Int) -> [SIMD3<Float>] {
        let (a, b, c) = (2.399963 * Float(step), 1.847759 * Float(step), 1.324718 * Float(step))
        func turned(_ v: SIMD3<Float>) -> SIMD3<Float> {
            let first = SIMD3(cos(a) * v.x - sin(a) * v.y, sin(a) * v.x + cos(a) * v.y, v.z)
            let second = SIMD3(
                cos(b) * first.x + sin(b) * first.z, first.y, cos(b) * first.z - sin(b) * first.x)
            return SIMD3(
                second.x, cos(c) * second.y - sin(c) * second.z, sin(c) * second.y + cos(c) * second.z)
        }
        return [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)].map(turned)
    }

    /// Half a sphere, evenly covered by a Fibonacci spiral, which each step rotates.
    private static func fan(_ step: Int, of count: Int) -> [SIMD3<Float>] {
        (0..<count).map { index in
            let height = (Float(index) + 0.5) / Float(count)
            let angle = 2.399963 * Float(index) + 1.1 * Float(step)
            let radius = (1 - height * height).squareRoot()
            let line = SIMD3(radius * cos(angle), radius * sin(angle), height)
            // Tilted from step to step too.
            switch step % 3 {
            case 0: return line
            case 1: return SIMD3(line.y, line.z, line.x)
            default: return SIMD3(line.z, line.x, line.y)
            }
        }
    }
}

/// Distributions of the colours of a face and of its target along the lines of a `SlicedColourMap`; the face's are measured
/// after the preceding steps.
///
/// Averaging over frames averages each line's two distributions, which gives one transport for all frames.
package struct ColourSlices: Sendable {
    private struct Line {
        let direction: SIMD3<Float>
        var own: Quantiles
        var target: Quantiles
    }

    private let share: Float
    private var steps: [[Line]]

    /// Greatest number of measured pixels; 64 values represent a distribution.
    private static let samples = 2048

    /// Counts pixels with a mask value above 0.5. `nil` if there are too few.
    package init?(_ map: SlicedColourMap, face: LabPicture, target: LabPicture, mask: Plane) {
        let inside = mask.values.indices.filter { mask.values[$0] > 0.5 }
        let every = max(1, inside.count / Self.samples)
        func points(_ lab: LabPicture) -> [SIMD3<Float>] {
            stride(from: 0, to: inside.count, by: every).map {
                SIMD3(lab.lightness[inside[$0]], lab.a[inside[$0]], lab.b[inside[$0]])
            }
        }
        var own = points(face)
        let other = points(target)
        guard own.count >= Quantiles.steps else { return nil }
        share = map.share
        steps = []
        for directions in map.steps {
            let lines = directions.compactMap { direction -> Line? in
                guard let from = Quantiles(own.map { ($0 * direction).sum() }),
                    let to = Quantiles(other.map { ($0 * direction).sum() })
                else { return nil }
                return Line(direction: direction, own: from, target: to)
            }
            steps.append(lines)
            let move = Self.move(lines, share: share)
            own = own.map(move)
        }
    }

    /// Weighted mean of several measurements of one map; `nil` if there are none.
    static func average(_ weighted: [(slices: ColourSlices, weight: Float)]) -> ColourSlices? {
        guard var result = weighted.first?.slices else { return nil }
        for step in result.steps.indices {
            for line in result.steps[step].indices {
                result.steps[step][line].own = Quantiles(
                    averageOf: weighted.map { ($0.slices.steps[step][line].own, $0.weight) })
                result.steps[step][line].target = Quantiles(
                    averageOf: weighted.map { ($0.slices.steps[step][line].target, $0.weight) })
            }
        }
        return result
    }

    package func matched(_ lab: LabPicture) -> LabPicture {
        let moves = steps.map { Self.move($0, share: share) }
        var result = lab
        for index in lab.lightness.indices {
            let colour = SIMD3(lab.lightness[index], lab.a[index], lab.b[index])
            let moved = moves.reduce(colour) { $1($0) }
            (result.lightness[index], result.a[index], result.b[index]) = (moved.x, moved.y, moved.z)
        }
        return result
    }

    /// One step: transports the colours along each line by its distributions.
    private static func move(_ lines: [Line], share: Float) -> (SIMD3<Float>) -> SIMD3<Float> {
        let tables = lines.map { (direction: $0.direction, table: Displacement(from: $0.own, to: $0.target)) }
        return { colour in
            tables.reduce(colour) { result, line in
                let way = line.table((colour * line.direction).sum()) * share
                return result + line.direction * way
            }
        }
    }

    /// Displacement of a value, interpolated from evenly spaced entries.
    private struct Displacement {
        private static let entries = 256
        private let low: Float
        private let scale: Float
        private let values: [Float]

        init(from own: Quantiles, to target: Quantiles) {
            let (first, last) = (own.values[0], own.values[Quantiles.steps])
            let span = max(last - first, 1e-3)
            low = first
            scale = Float(Self.entries - 1) / span
            values = (0..<Self.entries).map { index in
                let value = first + span * Float(index) / Float(Self.entries - 1)
                return own.mapped(value, to: target) - value
            }
        }

        func callAsFunction(_ value: Float) -> Float {
            let place = min(max((value - low) * scale, 0), Float(Self.entries - 1) - 1e-3)
            let index = Int(place)
            return values[index] + (values[index + 1] - values[index]) * (place - Float(index))
        }
    }
}
