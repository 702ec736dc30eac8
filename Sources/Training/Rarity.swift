import Faces
import Foundation

/// How often each face is drawn for training: what a person seldom does is drawn more often than it occurs,
/// or the network would not learn it in the time it has.
enum Rarity {
    /// Weights around 1 from histograms of turn, nod, eye opening and mouth opening over the person's own
    /// range.
    ///
    /// - Parameter balance: 0 for equal weights, 1 for histograms made flat.
    static func weights(_ faces: [FaceMeasures], balance: Double) -> [Double] {
        guard balance > 0, faces.count > 1 else { return faces.map { _ in 1 } }
        var weights = faces.map { _ in 1.0 }
        for names in [["yaw"], ["pitch"], ["leftEye", "rightEye"], ["mouthOpen"]] {
            let places = names.compactMap { FaceMeasures.names.firstIndex(of: $0) }
            let values = faces.map { face in places.reduce(0) { $0 + Double(face.values[$1]) } }
            for (index, share) in shares(values).enumerated() {
                weights[index] /= pow(share + 0.02, balance)
            }
        }
        let mean = weights.reduce(0, +) / Double(weights.count)
        return weights.map { min(6, max(0.2, $0 / mean)) }
    }

    /// For each value the share of all values in its bin, of ten between the first and the last percentile.
    private static func shares(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        let low = sorted[sorted.count / 100]
        let high = sorted[sorted.count - 1 - sorted.count / 100]
        let bins = values.map { min(9, max(0, Int(($0 - low) / (high - low + 1e-6) * 10))) }
        var counts = [Int](repeating: 0, count: 10)
        for bin in bins { counts[bin] += 1 }
        return bins.map { Double(counts[$0]) / Double(values.count) }
    }
}
