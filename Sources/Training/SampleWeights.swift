import Faces
import Foundation

/// Sampling method of the training faces.
package enum Sampling: String, Sendable, Codable, CaseIterable {
    /// Rare yaw, pitch, blinks and open mouths more often, as configured by `Recipe.balance`.
    case balanced
    /// Uniform over yaw: equal weight for each non-empty bin of yaw (DeepFaceLab's "uniform yaw").
    case yaw
    /// Uniform over pose: equal weight for each non-empty cell of yaw and pitch.
    case pose
}

/// Sampling weight of each training face. Rare poses and expressions are oversampled, because the network
/// would otherwise not learn them in the available time.
enum SampleWeights {
    /// Number of bins of yaw, and of yaw and pitch each if both are used.
    static let yawBins = 16
    static let poseBins = 8

    /// Weight of each face, 1 on average; faces are sampled in proportion to it.
    ///
    /// - Parameter balance: for `balanced`: 0 for equal weights, 1 for flat histograms.
    static func weights(_ faces: [FaceMeasures], sampling: Sampling, balance: Double) -> [Double] {
        func bins(_ name: String, _ count: Int) -> [Int] {
            Self.bins(values(faces, [name]), count: count, leaving: 0)
        }
        switch sampling {
        case .balanced: return weights(faces, balance: balance)
        case .yaw: return evenly(bins("yaw", yawBins))
        case .pose:
            return evenly(
                zip(bins("yaw", poseBins), bins("pitch", poseBins)).map { $0 * poseBins + $1 })
        }
    }

    /// Weights around 1 from histograms of yaw, pitch, eye opening and mouth opening over the person's own
    /// range.
    private static func weights(_ faces: [FaceMeasures], balance: Double) -> [Double] {
        guard balance > 0, faces.count > 1 else { return faces.map { _ in 1 } }
        var weights = faces.map { _ in 1.0 }
        for names in [["yaw"], ["pitch"], ["leftEye", "rightEye"], ["mouthOpen"]] {
            // Ten bins between the first and the last percentile.
            let bins = bins(values(faces, names), count: 10, leaving: faces.count / 100)
            for (index, count) in counts(bins).enumerated() {
                weights[index] /= pow(Double(count) / Double(faces.count) + 0.02, balance)
            }
        }
        let mean = weights.reduce(0, +) / Double(weights.count)
        return weights.map { min(6, max(0.2, $0 / mean)) }
    }

    /// Equal sum of weights for every non-empty bin.
    private static func evenly(_ bins: [Int]) -> [Double] {
        let share = Double(bins.count) / Double(Set(bins).count)
        return counts(bins).map { share / Double($0) }
    }

    private static func values(_ faces: [FaceMeasures], _ names: [String]) -> [Double] {
        let places = names.compactMap { FaceMeasures.names.firstIndex(of: $0) }
        return faces.map { face in places.reduce(0) { $0 + Double(face.values[$1]) } }
    }

    /// Bin of each value between the minimum and the maximum, ignoring `edge` values at both ends.
    private static func bins(_ values: [Double], count: Int, leaving edge: Int) -> [Int] {
        guard !values.isEmpty else { return [] }
        let sorted = values.sorted()
        let (low, high) = (sorted[edge], sorted[sorted.count - 1 - edge])
        return values.map {
            min(count - 1, max(0, Int(($0 - low) / (high - low + 1e-6) * Double(count))))
        }
    }

    /// Number of values in the same bin, for each value.
    private static func counts(_ bins: [Int]) -> [Int] {
        let counts = Dictionary(grouping: bins) { $0 }.mapValues(\.count)
        return bins.map { counts[$0] ?? 1 }
    }
}
