import Foundation
import Tensors

/// The processes that train one model together, each on its part of every batch ("ranks", as MPI calls them). Rank 0 alone writes.
///
/// All must call the same functions in the same order.
package protocol ProcessGroup: AllReduce, Sendable {
    /// This process's number, from 0, and how many there are.
    var rank: Int { get }
    var count: Int { get }
    /// Adds up numbers over all ranks.
    func sum(_ values: [Double]) throws -> [Double]
}

extension ProcessGroup {
    package var isFirst: Bool { rank == 0 }

    /// What rank 0 gives.
    func first(_ values: [Double]) throws -> [Double] {
        try sum(isFirst ? values : values.map { _ in 0 })
    }

    /// Whether any rank says so.
    func any(_ says: Bool) throws -> Bool { try sum([says ? 1 : 0])[0] > 0 }

    /// - Throws: `TrainingError.ranks` where ranks have different numbers.
    func requireEqual(_ values: [Double], _ what: String) throws {
        let means = try sum(values).map { $0 / Double(count) }
        // A sum rounds; what differs here differs by more.
        let agrees = zip(values, means).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($0)) }
        guard try any(!agrees) else { return }
        throw TrainingError(
            .processGroup,
            "The processes do not agree on \(what): all must run the same program with the same flags on the same workspace"
        )
    }
}

/// Which faces of a joined batch a process takes: an even part of each person's.
struct BatchPart: Equatable {
    let rank: Int
    let count: Int

    static let whole = BatchPart(rank: 0, count: 1)

    init(rank: Int, count: Int) { (self.rank, self.count) = (rank, count) }

    /// Rows of one person out of a joined batch.
    func rows(_ batch: Int) -> Range<Int> { batch * rank / count..<batch * (rank + 1) / count }

    /// Rows of everybody, out of joined batches that lie one after the other.
    func rows(people: Int, batch: Int) -> [Int] {
        (0..<people).flatMap { person in rows(batch).map { person * batch + $0 } }
    }
}
