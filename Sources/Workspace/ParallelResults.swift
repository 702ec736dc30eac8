import Foundation

/// Results of independent tasks that run on all cores, in order.
package final class ParallelResults<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Result<Value, any Error>?]

    package init(count: Int) { results = Array(repeating: nil, count: count) }

    package func run(_ body: @Sendable (Int) throws -> Value) {
        DispatchQueue.concurrentPerform(iterations: results.count) { item in
            let result = Result { try body(item) }
            lock.withLock { results[item] = result }
        }
    }

    /// Returns all values or throws the first error.
    package func values() throws -> [Value] { try results.compactMap { try $0?.get() } }
}
