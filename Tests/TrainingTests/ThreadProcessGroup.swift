import Foundation
import Synchronization
import Tensors

@testable import Training

/// ProcessGroup that are threads of one process: what each gives is added up when all have come.
final class ThreadProcessGroup: ProcessGroup, @unchecked Sendable {
    let rank: Int
    let count: Int
    private let table: Table
    private var pending: [SumBuffer] = []

    /// Where threads meet.
    private final class Table: @unchecked Sendable {
        let condition = NSCondition()
        let count: Int
        var arrived = 0
        var round = 0
        var sum: [Double] = []
        var result: [Double] = []

        init(count: Int) { self.count = count }

        func add(_ values: [Double]) -> [Double] {
            condition.lock()
            defer { condition.unlock() }
            sum = arrived == 0 ? values : zip(sum, values).map { $0 + $1 }
            arrived += 1
            let own = round
            if arrived == count {
                (result, arrived, round) = (sum, 0, round + 1)
                condition.broadcast()
            }
            while round == own { condition.wait() }
            return result
        }
    }

    private init(rank: Int, table: Table) { (self.rank, count, self.table) = (rank, table.count, table) }

    static func make(_ count: Int) -> [ThreadProcessGroup] {
        let table = Table(count: count)
        return (0..<count).map { ThreadProcessGroup(rank: $0, table: table) }
    }

    func begin(_ buffer: SumBuffer) { pending.append(buffer) }
    func advance() {}
    func finish() {
        for values in pending.map(\.singles) {
            for (index, value) in table.add(values.map(Double.init)).enumerated() {
                values[index] = Float(value)
            }
        }
        pending = []
    }
    func abandon() { pending = [] }
    func sum(_ values: [Double]) -> [Double] { table.add(values) }

    /// Does the same on a thread for each rank; gives what each made of it.
    static func run<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (ThreadProcessGroup) throws -> Value
    ) throws -> [Value] {
        let results = Mutex([Int: Result<Value, any Error>]())
        let group = DispatchGroup()
        for processGroup in make(count) {
            group.enter()
            Thread.detachNewThread {
                let result = Result { try body(processGroup) }
                results.withLock { $0[processGroup.rank] = result }
                group.leave()
            }
        }
        group.wait()
        return try results.withLock { results in
            try (0..<count).compactMap { try results[$0]?.get() }
        }
    }
}
