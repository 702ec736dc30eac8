import Foundation

/// Passes values from one thread to another. Writing blocks while the queue is full, so that no stage runs ahead.
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

    /// Waits for room. Returns false once the queue is cancelled: the writer should stop.
    func push(_ element: Element) -> Bool {
        condition.withLock {
            while elements.count >= capacity, !cancelled { condition.wait() }
            guard !cancelled else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Waits for an element. Returns `nil` after the last one, and once the queue is cancelled.
    func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty, !finished, !cancelled { condition.wait() }
            guard !cancelled, !elements.isEmpty else { return nil }
            condition.broadcast()
            return elements.removeFirst()
        }
    }

    /// Ends the input; elements that are still queued are delivered.
    func finish() {
        condition.withLock {
            finished = true
            condition.broadcast()
        }
    }

    /// Discards queued elements and wakes all waiting threads.
    func cancel() {
        condition.withLock {
            cancelled = true
            elements = []
            condition.broadcast()
        }
    }
}
