import Foundation

/// The threads of one pipeline. The first error stops all of them.
final class WorkerThreads: @unchecked Sendable {
    private let lock = NSLock()
    private let running = DispatchGroup()
    // Guarded by `lock`.
    private var failure: (any Error)?
    private let stop: @Sendable () -> Void

    /// - Parameter stop: wakes all threads that wait for another one.
    init(stop: @escaping @Sendable () -> Void) {
        self.stop = stop
    }

    /// Runs `body` on a new thread.
    func start(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
        running.enter()
        let thread = Thread { [self] in
            attempt(body)
            running.leave()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Runs `body` on the caller's thread as one of the stages.
    func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            lock.withLock { failure = failure ?? error }
            stop()
        }
    }

    /// Waits for all threads.
    ///
    /// - Throws: the first error of a thread.
    func join() throws {
        running.wait()
        if let failure = lock.withLock({ failure }) { throw failure }
    }
}

/// Passes a value that is not Sendable to one other thread, which alone uses it from then on.
struct UncheckedSendableBox<Value>: @unchecked Sendable {
    let value: Value
}

/// Measures the seconds of a stage's work without waiting. Belongs to one thread.
final class StageClock {
    private(set) var seconds = 0.0

    func measure<T>(_ work: () throws -> T) rethrows -> T {
        let start = ContinuousClock.now
        defer {
            let passed = (ContinuousClock.now - start).components
            seconds += Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
        }
        return try work()
    }
}

/// Seconds by stage, summed over threads.
final class StageTimes: @unchecked Sendable {
    private let lock = NSLock()
    private var seconds: [String: Double] = [:]

    /// - Parameter part: time counted elsewhere.
    func add(_ stage: String, _ clock: StageClock, without part: StageClock? = nil) {
        lock.withLock { seconds[stage, default: 0] += clock.seconds - (part?.seconds ?? 0) }
    }

    var all: [String: Double] { lock.withLock { seconds } }
}
