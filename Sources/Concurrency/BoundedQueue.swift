import Foundation

/// A first-in, first-out queue between two threads. `push` blocks while the queue is full, so that memory stays bounded.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    // Guarded by `condition`.
    private var elements: [Element] = []
    private var finished = false
    private var cancelled = false

    package init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// Blocks while the queue is full. `false` once the queue is cancelled: the writer should stop.
    package func push(_ element: Element) -> Bool {
        condition.withLock {
            while elements.count >= capacity, !cancelled { condition.wait() }
            guard !cancelled else { return false }
            elements.append(element)
            condition.broadcast()
            return true
        }
    }

    /// Blocks while the queue is empty. `nil` after the last element, and once the queue is cancelled.
    package func pop() -> Element? {
        condition.withLock {
            while elements.isEmpty, !finished, !cancelled { condition.wait() }
            guard !cancelled, !elements.isEmpty else { return nil }
            condition.broadcast()
            return elements.removeFirst()
        }
    }

    /// Ends the queue: elements in it are still popped.
    package func finish() {
        condition.withLock {
            finished = true
            condition.broadcast()
        }
    }

    /// Drops all elements and wakes blocked threads.
    package func cancel() {
        condition.withLock {
            cancelled = true
            elements = []
            condition.broadcast()
        }
    }
}
