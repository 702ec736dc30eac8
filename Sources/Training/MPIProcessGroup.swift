import CMPI
import Concurrency
import Foundation
import Tensors

/// A group of processes started by `mpirun` or `srun`, over Open MPI.
///
/// A pending sum owns its buffer: MPI writes to it until the sum completes, even if waiting for it failed.
///
/// @unchecked: used only by the training thread.
package final class MPIProcessGroup: ProcessGroup, @unchecked Sendable {
    package let rank: Int
    package let count: Int
    private let library: any SumLibrary
    /// Sums that `finish` waits for.
    private var requests: [SumRequest] = []
    /// Abandoned sums whose buffers MPI may still write to.
    private var abandoned: [SumRequest] = []
    /// Longest recent wait for other processes, in seconds.
    private var longest = 0.0

    /// Timeout in seconds after which the other processes are considered lost; and the time at which this
    /// process was asked to end.
    static let patience = 600.0
    static let lastPatience = 3.0...20.0

    /// Joins the process group if a launcher started several processes; returns `nil` otherwise.
    ///
    /// - Throws: `TrainingError.ranks` if Open MPI is missing or fails.
    package static func joined(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> MPIProcessGroup? {
        guard processes(environment) > 1 else { return nil }
        let (rank, count) = try OpenMPI.join()
        return count > 1 ? MPIProcessGroup(rank: rank, count: count, library: OpenMPI()) : nil
    }

    /// Number of processes according to the launcher: Open MPI's mpirun, or Slurm's srun with PMIx.
    static func processes(_ environment: [String: String]) -> Int {
        if let count = environment["OMPI_COMM_WORLD_SIZE"].flatMap({ Int($0) }) { return count }
        guard environment["PMIX_RANK"] != nil else { return 1 }
        return environment["SLURM_STEP_NUM_TASKS"].flatMap { Int($0) } ?? 1
    }

    /// Local rank of this process on its machine, and the number of local processes.
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

    /// Waits at a barrier for all processes.
    package func meet() throws { _ = try sum([0]) }

    /// Leaves the process group; waits for all processes. To be called only after success: with pending sums
    /// it would not return.
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

    /// Frees the buffers of abandoned sums that have completed.
    private func freeAbandoned() {
        // If a sum fails again, its completion is unknown: it keeps its buffer.
        abandoned.removeAll { (try? look(at: $0)) ?? false }
    }

    /// Checks the timeout. After a request to end, a process waits only as long as a step may take: a
    /// launcher that lost one process ends all.
    private func checkTimeout(after seconds: Double) throws {
        let last = min(Self.lastPatience.upperBound, max(Self.lastPatience.lowerBound, 2 * longest))
        let limit = Task.isCancelled ? last : Self.patience
        guard seconds > limit else { return }
        throw TrainingError(.ranksLost, "The other processes have not answered for \(Int(seconds)) seconds")
    }
}

/// A pending sum and the buffer that it owns until it completes.
private final class SumRequest {
    var sum: MPISum?
    let buffer: SumBuffer
    var isDone = false

    init(_ sum: MPISum?, _ buffer: SumBuffer) { (self.sum, self.buffer) = (sum, buffer) }
}
