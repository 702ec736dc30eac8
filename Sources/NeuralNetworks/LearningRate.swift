import Foundation

/// Learning rate schedule: linear warm-up, then cosine annealing from the peak to a floor (Loshchilov and
/// Hutter 2017).
package struct LearningRate: Sendable, Codable, Equatable {
    package var peak: Double
    /// Number of warm-up steps.
    package var warmUp: Int
    /// Final learning rate as a fraction of the peak.
    package var floor: Double

    package init(peak: Double, warmUp: Int = 100, floor: Double = 0.02) {
        self.peak = peak
        self.warmUp = warmUp
        self.floor = floor
    }

    /// Learning rate of a step; `progress` (0…1) is the fraction of the run before it.
    package func rate(step: Int, progress: Double) -> Double {
        let warm = min(1, Double(step + 1) / Double(max(1, warmUp)))
        let cosine = (1 + cos(.pi * min(1, max(0, progress)))) / 2
        return peak * warm * (floor + (1 - floor) * cosine)
    }
}
