import Foundation
import Tensors

/// Processes that train one model together, each on its part of every batch (MPI ranks). Only rank 0 writes
/// files.
///
/// All ranks must call the same functions in the same order.
package protocol ProcessGroup: AllReduce, Sendable {
    /// Rank of this process, from 0, and number of processes.
    var rank: Int { get }
    var count: Int { get }
    /// Sums values over all ranks.
    func sum(_ values: [Double]) throws -> [Double]
}

extension ProcessGroup {
    package var isFirst: Bool { rank == 0 }

    /// Broadcasts the values of rank 0.
    func first(_ values: [Double]) throws -> [Double] {
        try sum(isFirst ? values : values.map { _ in 0 })
    }

    /// Whether the value is true on any rank.
    func any(_ says: Bool) throws -> Bool { try sum([says ? 1 : 0])[0] > 0 }

    /// - Throws: `TrainingError.ranks` if the values differ between ranks.
    func requireEqual(_ values: [Double], _ what: String) throws {
        let means = try sum(values).map { $0 / Double(count) }
        // A sum rounds; real differences are larger.
        let agrees = zip(values, means).allSatisfy { abs($0 - $1) <= 1e-9 * max(1, abs($0)) }
        guard try any(!agrees) else { return }
        throw TrainingError(
            .processGroup,
            "The processes do not agree on \(what): all must run the same program with the same flags on the same workspace"
        )
    }
}

/// The part of a distributed batch that a process takes: an equal share of each person's faces.
struct BatchPart: Equatable {
    let rank: Int
    let count: Int

    static let whole = BatchPart(rank: 0, count: 1)

    init(rank: Int, count: Int) { (self.rank, self.count) = (rank, count) }

    /// Rows of one person in a distributed batch.
    func rows(_ batch: Int) -> Range<Int> { batch * rank / count..<batch * (rank + 1) / count }

    /// Rows of all people, in concatenated batches.
    func rows(people: Int, batch: Int) -> [Int] {
        (0..<people).flatMap { person in rows(batch).map { person * batch + $0 } }
    }
}
