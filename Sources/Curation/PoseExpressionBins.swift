import Faces
import Workspace

/// Bins of each face of a set: those of the coverage histograms, their combination, and a few of the expression besides
/// mouth and eyes.
struct PoseExpressionBins {
    /// Occupied bins are numbered consecutively over all kinds.
    private(set) var count = 0
    private var weights: [Double] = []
    private var numbers: [Name: Int32] = [:]
    private var faces: [[Int32]] = []

    private struct Name: Hashable {
        let kind: Int
        let bins: [Int]
    }

    init(_ summaries: [FaceSummary], expressions: [Float]) {
        let places = Coverage(summaries).places
        faces.reserveCapacity(places.count)
        for (index, place) in places.enumerated() {
            var bins = [
                number(0, [place.yaw, place.pitch], weight: 2),
                number(1, [place.mouth, place.eyes], weight: 2),
                number(2, [place.yaw, place.pitch, place.mouth, place.eyes], weight: 1),
            ]
            if !expressions.isEmpty {
                let length = Expression.names.count
                let slice = expressions[index * length..<(index + 1) * length]
                for (kind, trait) in Self.traits.enumerated() {
                    bins.append(number(3 + kind, [trait.bin(slice)], weight: 0.5))
                }
            }
            faces.append(bins)
        }
    }

    func bins(of face: Int) -> [Int32] { faces[face] }

    func weight(of bin: Int) -> Double { weights[bin] }

    private mutating func number(_ kind: Int, _ bins: [Int], weight: Double) -> Int32 {
        let name = Name(kind: kind, bins: bins)
        if let known = numbers[name] { return known }
        let number = Int32(count)
        numbers[name] = number
        weights.append(weight)
        count += 1
        return number
    }

    /// Groups of expression coefficients, quantized as the difference of two means into four bins.
    private struct Trait: Sendable {
        let up: [Int]
        let down: [Int]

        init(_ up: [String], _ down: [String] = []) {
            self.up = up.compactMap { Expression.names.firstIndex(of: $0) }
            self.down = down.compactMap { Expression.names.firstIndex(of: $0) }
        }

        func bin(_ coefficients: ArraySlice<Float>) -> Int {
            func mean(_ names: [Int]) -> Float {
                guard !names.isEmpty else { return 0 }
                return names.reduce(0) { $0 + coefficients[coefficients.startIndex + $1] }
                    / Float(names.count)
            }
            let value = mean(up) - mean(down)
            return [-0.3, 0.15, 0.4].count { $0 <= value }
        }
    }

    private static let traits = [
        Trait(["mouthSmileLeft", "mouthSmileRight"], ["mouthFrownLeft", "mouthFrownRight"]),
        Trait(["mouthPucker", "mouthFunnel"]),
        Trait(["browInnerUp", "browOuterUpLeft", "browOuterUpRight"], ["browDownLeft", "browDownRight"]),
        Trait(["eyeLookOutLeft", "eyeLookInRight"], ["eyeLookInLeft", "eyeLookOutRight"]),
        Trait(["eyeLookUpLeft", "eyeLookUpRight"], ["eyeLookDownLeft", "eyeLookDownRight"]),
    ]
}
