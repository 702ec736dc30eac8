import Foundation

extension ContinuousClock.Instant {
    /// Seconds since this instant.
    package var secondsElapsed: Double { duration(to: .now) / .seconds(1) }
}

/// Sums up the seconds that a pipeline stage works; waiting is not counted. Belongs to one thread.
package final class StageClock {
    package private(set) var seconds = 0.0

    package init() {}

    package func measure<T>(_ work: () throws -> T) rethrows -> T {
        let start = ContinuousClock.now
        defer { seconds += start.secondsElapsed }
        return try work()
    }
}

/// Seconds by stage, collected from several threads.
package final class StageTimes: @unchecked Sendable {
    private let lock = NSLock()
    // Guarded by `lock`.
    private var seconds: [String: Double] = [:]

    package init() {}

    /// - Parameter part: time that another stage counts.
    package func add(_ stage: String, _ clock: StageClock, without part: StageClock? = nil) {
        lock.withLock { seconds[stage, default: 0] += clock.seconds - (part?.seconds ?? 0) }
    }

    package var all: [String: Double] { lock.withLock { seconds } }
}
