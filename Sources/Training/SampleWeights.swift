import Faces
import Foundation

/// Which faces are drawn for training more often than they occur.
package enum Sampling: String, Sendable, Codable, CaseIterable {
    /// Rare turns, nods, blinks and open mouths more often, as far as `Recipe.balance` says.
    case balanced
    /// Every turn of the head equally often: an equal share for each of the bins of yaw that has faces (DeepFaceLab's
    /// "uniform yaw").
    case yaw
    /// Every pose equally often: an equal share for each cell of yaw and pitch that has faces.
    case pose
}

/// How often each face is drawn for training: what a person seldom does is drawn more often than it occurs,
/// or the network would not learn it in the time it has.
enum SampleWeights {
    /// Bins of yaw, and of yaw and pitch when both are looked at.
    static let yawBins = 16
    static let poseBins = 8

    /// A weight for each face, 1 in the mean; a face is drawn in proportion to it.
    ///
    /// - Parameter balance: for `balanced`: 0 for equal weights, 1 for histograms made flat.
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

    /// Weights around 1 from histograms of turn, nod, eye opening and mouth opening over the person's own
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

    /// The same sum of weights for every bin that holds a face.
    private static func evenly(_ bins: [Int]) -> [Double] {
        let share = Double(bins.count) / Double(Set(bins).count)
        return counts(bins).map { share / Double($0) }
    }

    private static func values(_ faces: [FaceMeasures], _ names: [String]) -> [Double] {
        let places = names.compactMap { FaceMeasures.names.firstIndex(of: $0) }
        return faces.map { face in places.reduce(0) { $0 + Double(face.values[$1]) } }
    }

    /// The bin of each value between the lowest and the highest, but for `edge` values at both ends.
    private static func bins(_ values: [Double], count: Int, leaving edge: Int) -> [Int] {
        guard !values.isEmpty else { return [] }
        let sorted = values.sorted()
        let (low, high) = (sorted[edge], sorted[sorted.count - 1 - edge])
        return values.map {
            min(count - 1, max(0, Int(($0 - low) / (high - low + 1e-6) * Double(count))))
        }
    }

    /// For each value how many share its bin.
    private static func counts(_ bins: [Int]) -> [Int] {
        let counts = Dictionary(grouping: bins) { $0 }.mapValues(\.count)
        return bins.map { counts[$0] ?? 1 }
    }
}
