import Foundation

/// A linear warm-up, then half a cosine from the peak to a floor (Loshchilov and Hutter 2017).
package struct LearningRate: Sendable, Codable, Equatable {
    package var peak: Double
    /// Steps of the warm-up.
    package var warmUp: Int
    /// The last rate as a share of the peak.
    package var floor: Double

    package init(peak: Double, warmUp: Int = 100, floor: Double = 0.02) {
        self.peak = peak
        self.warmUp = warmUp
        self.floor = floor
    }

    /// The rate of a step, of which `progress` (0…1) of the run is done before it.
    package func rate(step: Int, progress: Double) -> Double {
        let warm = min(1, Double(step + 1) / Double(max(1, warmUp)))
        let cosine = (1 + cos(.pi * min(1, max(0, progress)))) / 2
        return peak * warm * (floor + (1 - floor) * cosine)
    }
}
