import CMPI
import Foundation

/// Processes that `mpirun` or `srun` started together, over Open MPI.
///
/// @unchecked: the thread that trains alone uses it.
package final class MPIRanks: Ranks, @unchecked Sendable {
    package let rank: Int
    package let count: Int
    private var sums: [MPISum?] = []
    /// The longest that this process has waited for others lately, in seconds.
    private var longest = 0.0

    /// Seconds without an answer after which the others are held to be dead; and when this process has been told to end.
    static let patience = 600.0
    static let lastPatience = 3.0...20.0

    /// Joins the others where a launcher of several processes has started this one; nil elsewhere.
    ///
    /// - Throws: `TrainingError.ranks` where Open MPI is missing or fails.
    package static func joined(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> MPIRanks? {
        guard processes(environment) > 1 else { return nil }
        let ranks = try MPIRanks()
        return ranks.count > 1 ? ranks : nil
    }

    /// How many processes a launcher says that there are: Open MPI's mpirun, or Slurm's srun with PMIx.
    static func processes(_ environment: [String: String]) -> Int {
        if let count = environment["OMPI_COMM_WORLD_SIZE"].flatMap({ Int($0) }) { return count }
        guard environment["PMIX_RANK"] != nil else { return 1 }
        return environment["SLURM_STEP_NUM_TASKS"].flatMap { Int($0) } ?? 1
    }

    /// This process's number among those of its machine, and how many these are.
    package static func local(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> (rank: Int, count: Int) {
        func number(_ names: String...) -> Int? {
            names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
        }
        return (
            number("OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID") ?? 0,
            max(1, number("OMPI_COMM_WORLD_LOCAL_SIZE", "SLURM_NTASKS_PER_NODE") ?? 1)
        )
    }

    private init() throws {
        var (rank, count): (Int32, Int32) = (0, 1)
        try Self.check(
            mpi_join(&rank, &count), "Open MPI cannot be used; on Debian: apt-get install openmpi-bin")
        (self.rank, self.count) = (Int(rank), Int(count))
    }

    package func begin(_ values: UnsafeMutableBufferPointer<Float>) throws {
        try begin(values.baseAddress, values.count, MPI_SINGLE_FLOATS)
    }

    package func advance() throws {
        for index in sums.indices where sums[index] != nil { try look(index) }
    }

    package func finish() throws {
        defer { sums = [] }
        let begun = ContinuousClock.now
        for index in sums.indices {
            var turns = 0
            while try !look(index) {
                turns += 1
                if turns < 1000 { sched_yield() } else { usleep(50) }
                if turns % 1000 == 0 { try despair(after: begun.duration(to: .now) / .seconds(1)) }
            }
        }
        longest = max(0.9 * longest, begun.duration(to: .now) / .seconds(1))
    }

    package func sum(_ values: [Double]) throws -> [Double] {
        var values = values
        try values.withUnsafeMutableBufferPointer {
            try begin($0.baseAddress, $0.count, MPI_DOUBLE_FLOATS)
            try finish()
        }
        return values
    }

    /// Waits until all have come here.
    package func meet() throws { _ = try sum([0]) }

    /// Leaves the others; waits until all do. To be called when all went well.
    package func leave() { mpi_leave() }

    private func begin(_ values: UnsafeMutableRawPointer?, _ count: Int, _ numbers: MPINumbers) throws {
        var sum: MPISum?
        try Self.check(
            mpi_begin_sum(values, Int32(count), numbers, &sum), "The other processes cannot be reached")
        sums.append(sum)
    }

    @discardableResult
    private func look(_ index: Int) throws -> Bool {
        var done: Int32 = 0
        try Self.check(mpi_is_done(&sums[index], &done), "The other processes cannot be reached")
        return done != 0
    }

    /// Who has been told to end waits only as long as the others may take for a step: a launcher that has lost one ends all.
    private func despair(after seconds: Double) throws {
        let last = min(Self.lastPatience.upperBound, max(Self.lastPatience.lowerBound, 2 * longest))
        let limit = Task.isCancelled ? last : Self.patience
        guard seconds > limit else { return }
        throw TrainingError(.ranksLost, "The other processes have not answered for \(Int(seconds)) seconds")
    }

    private static func check(_ text: UnsafeMutablePointer<CChar>?, _ what: String) throws {
        guard let text else { return }
        defer { free(text) }
        throw TrainingError(.ranks, "\(what) (\(String(cString: text)))")
    }
}
