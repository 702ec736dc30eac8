import CMPI
import Concurrency
import Foundation
import Tensors

/// Processes that `mpirun` or `srun` started together, over Open MPI.
///
/// A sum under way owns its numbers: MPI writes to them until it is done, also where waiting for it has failed.
///
/// @unchecked: the thread that trains alone uses it.
package final class MPIProcessGroup: ProcessGroup, @unchecked Sendable {
    package let rank: Int
    package let count: Int
    private let library: any SumLibrary
    /// Sums that `finish` waits for.
    private var requests: [SumRequest] = []
    /// Sums that nothing waits for any more.
    private var abandoned: [SumRequest] = []
    /// The longest that this process has waited for others lately, in seconds.
    private var longest = 0.0

    /// Seconds without an answer after which the others are held to be dead; and when this process has been asked to end.
    static let patience = 600.0
    static let lastPatience = 3.0...20.0

    /// Joins the others where a launcher of several processes has started this one; nil elsewhere.
    ///
    /// - Throws: `TrainingError.ranks` where Open MPI is missing or fails.
    package static func joined(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> MPIProcessGroup? {
        guard processes(environment) > 1 else { return nil }
        let (rank, count) = try OpenMPI.join()
        return count > 1 ? MPIProcessGroup(rank: rank, count: count, library: OpenMPI()) : nil
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

    init(rank: Int, count: Int, library: any SumLibrary) {
        (self.rank, self.count, self.library) = (rank, count, library)
    }

    deinit {
        // MPI cannot cancel sums. Memory that it may still write to is never freed.
        for request in requests + abandoned where !request.isDone { _ = Unmanaged.passRetained(request) }
    }

    package func begin(_ buffer: SumBuffer) throws {
        freeAbandoned()
        requests.append(SumRequest(try library.begin(buffer), buffer))
    }

    package func advance() throws {
        for request in requests where !request.isDone { try look(at: request) }
    }

    package func finish() throws {
        do { try wait() } catch {
            abandon()
            throw error
        }
        requests = []
    }

    package func abandon() {
        abandoned += requests.filter { !$0.isDone }
        requests = []
    }

    package func sum(_ values: [Double]) throws -> [Double] {
        let buffer = SumBuffer(values)
        try begin(buffer)
        try finish()
        return buffer.doubles
    }

    /// Waits until all have come here.
    package func meet() throws { _ = try sum([0]) }

    /// Leaves the others; waits until all do. To be called when all went well: with sums under way it would not end.
    package func leave() {
        guard requests.isEmpty, abandoned.isEmpty else { return }
        library.leave()
    }

    private func wait() throws {
        let begun = ContinuousClock.now
        for request in requests {
            var turns = 0
            while try !look(at: request) {
                turns += 1
                if turns < 1000 { sched_yield() } else { usleep(50) }
                if turns % 1000 == 0 { try checkTimeout(after: begun.secondsElapsed) }
            }
        }
        longest = max(0.9 * longest, begun.secondsElapsed)
    }

    @discardableResult
    private func look(at request: SumRequest) throws -> Bool {
        if !request.isDone { request.isDone = try library.isDone(&request.sum) }
        return request.isDone
    }

    /// Frees the numbers of abandoned sums that are done meanwhile.
    private func freeAbandoned() {
        // Of a sum that fails again it is not known whether it is over: it keeps its numbers.
        abandoned.removeAll { (try? look(at: $0)) ?? false }
    }

    /// Who has been asked to end waits only as long as the others may take for a step: a launcher that has lost one ends all.
    private func checkTimeout(after seconds: Double) throws {
        let last = min(Self.lastPatience.upperBound, max(Self.lastPatience.lowerBound, 2 * longest))
        let limit = Task.isCancelled ? last : Self.patience
        guard seconds > limit else { return }
        throw TrainingError(.ranksLost, "The other processes have not answered for \(Int(seconds)) seconds")
    }
}

/// A sum under way, and the numbers that belong to it until it is done.
private final class SumRequest {
    var sum: MPISum?
    let buffer: SumBuffer
    var isDone = false

    init(_ sum: MPISum?, _ buffer: SumBuffer) { (self.sum, self.buffer) = (sum, buffer) }
}
