import Foundation
import Tensors
import Training

/// Processes that were started together, and this process's rank.
package struct Processes {
    let processGroup: MPIProcessGroup?

    /// A single process.
    package static let alone = Processes(processGroup: nil)

    /// Whether this process writes files and prints output (rank 0).
    var isFirst: Bool { processGroup?.isFirst ?? true }

    /// Joins the process group if `mpirun` or `srun` started several processes, and takes its share of the
    /// machine's cores.
    static func joined() throws -> Processes {
        let processGroup = try MPIProcessGroup.joined()
        let neighbours = MPIProcessGroup.local().count
        if processGroup != nil, neighbours > 1, ProcessInfo.processInfo.environment["OMP_NUM_THREADS"] == nil
        {
            let share = max(1, ProcessInfo.processInfo.activeProcessorCount / neighbours)
            try Engine.setThreads(min(Engine.threads(), share))
        }
        return Processes(processGroup: processGroup)
    }

    /// Runs a function in the first process, then in the others.
    func inTurn<Value>(_ body: () throws -> Value) throws -> Value {
        let own = isFirst ? try body() : nil
        try processGroup?.meet()
        return try own ?? body()
    }

    /// The device to compute on: one GPU of the machine per process.
    func device(_ device: Device) throws -> Device {
        guard processGroup != nil, case .cuda(0) = device else { return device }
        return .cuda(MPIProcessGroup.local().rank % max(1, try device.count()))
    }
}
