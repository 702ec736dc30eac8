import Foundation

/// Passes values from one thread to another; a full queue holds its writer up, so that no stage runs ahead.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    // Guarded by `condition`.
    private var elements: [Element] = []
    private var finished = false
    private var cancelled = false

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Waits for room. False once the queue is cancelled: the writer should stop.
    func push(_ element: Element) -> Bool {
        condition.withLock {
            while elements.count >= capacity, !cancelled { condition.wait() }
            guard !cancelled else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Waits for an element. Nil after the last one, and once the queue is cancelled.
    func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty, !finished, !cancelled { condition.wait() }
            guard !cancelled, !elements.isEmpty else { return nil }
            condition.broadcast()
            return elements.removeFirst()
        }
    }

    /// There will be no more elements; those waiting are still handed out.
    func finish() {
        condition.withLock {
            finished = true
            condition.broadcast()
        }
    }

    /// Drops what waits and wakes everyone.
    func cancel() {
        condition.withLock {
            cancelled = true
            elements = []
            condition.broadcast()
        }
    }
}
