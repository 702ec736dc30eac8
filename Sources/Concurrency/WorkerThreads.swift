import Foundation

/// The threads of one pipeline. The first error stops all of them.
package final class WorkerThreads: @unchecked Sendable {
    private let lock = NSLock()
    private let running = DispatchGroup()
    // Guarded by `lock`.
    private var failure: (any Error)?
    private let stop: @Sendable () -> Void

    /// - Parameter stop: wakes every thread that waits for another.
    package init(stop: @escaping @Sendable () -> Void) {
        self.stop = stop
    }

    /// Runs `body` on a thread of its own.
    package func start(_ name: String, _ body: @escaping @Sendable () throws -> Void) {
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
    package func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            lock.withLock { failure = failure ?? error }
            stop()
        }
    }

    /// Waits for all threads.
    ///
    /// - Throws: what stopped the first of them.
    package func join() throws {
        running.wait()
        if let failure = lock.withLock({ failure }) { throw failure }
    }
}
