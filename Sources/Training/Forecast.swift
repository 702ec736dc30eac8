import Foundation

/// Estimated speed and memory of a training run, measured over a few steps.
package struct Forecast: Sendable, Codable, Equatable {
    package var stepsPerSecond: Double
    /// Peak main memory of the process, in bytes.
    package var memory: Int

    package init(stepsPerSecond: Double, memory: Int) {
        (self.stepsPerSecond, self.memory) = (stepsPerSecond, memory)
    }

    /// Number of steps in a given time, and seconds for a number of steps. Validation adds a few per cent.
    package func steps(in seconds: Double) -> Int { Int(stepsPerSecond * seconds) }
    package func seconds(for steps: Int) -> Double { Double(steps) / max(1e-9, stepsPerSecond) }

    /// The forecast as text, such as "about 6.8 steps/s, 820 steps in 2 minutes, 1.3 GB of memory".
    ///
    /// - Parameter done: iterations and seconds that the model was trained before.
    package func sentence(
        _ stop: StopRule, done: (iterations: Int, seconds: Double) = (0, 0)
    ) -> String {
        var parts = [
            String(format: stepsPerSecond < 10 ? "about %.1f steps/s" : "about %.0f steps/s", stepsPerSecond)
        ]
        let byTime = stop.minutes.map { max(0, $0 * 60 - done.seconds) }
        let byCount = stop.iterations.map { seconds(for: max(0, $0 - done.iterations)) }
        if let seconds = [byTime, byCount].compactMap({ $0 }).min() {
            parts.append(
                "\(Self.rounded(steps(in: seconds + 1e-6))) steps in \(ConvergenceEstimate.words(seconds))")
        }
        parts.append("\(Self.bytes(memory)) of memory")
        return parts.joined(separator: ", ")
    }

    /// Throws an error with possible remedies if memory is insufficient.
    ///
    /// - Parameters:
    ///   - available: free bytes for this process, in addition to what it uses already; `nil` if unknown.
    ///   - batch: a batch size that would fit; `nil` if unknown.
    package static func check(further need: Int, available: Int?, fitting batch: Int? = nil) throws {
        guard let available, need > available else { return }
        let help =
            switch batch {
            case .some(let batch) where batch > 0:
                "--batch \(batch) would fit; or keep the batch and take --set economy.accumulation=2 or more, which needs "
                    + "time instead of memory"
            case .some: "not even one face of each person would fit: take a smaller network or fewer faces"
            case nil: "take a smaller network, a smaller batch or fewer faces"
            }
        throw TrainingError(
            .tooLittleMemory,
            "training needs \(bytes(need)) of memory more and \(bytes(available)) are free: close other programs; \(help)"
        )
    }

    /// Rounds to two significant digits, the precision of a forecast.
    static func rounded(_ count: Int) -> Int {
        guard count >= 100 else { return count }
        let power = pow(10, floor(log10(Double(count))) - 1)
        return Int((Double(count) / power).rounded() * power)
    }

    static func bytes(_ count: Int) -> String {
        count < 1_000_000_000
            ? "\(Int((Double(count) / 1e6).rounded())) MB" : String(format: "%.1f GB", Double(count) / 1e9)
    }
}
