import Foundation
import Tensors
import Training

/// The processes that were started together with this one, and its place among them.
package struct Processes {
    let processGroup: MPIProcessGroup?

    /// This process by itself.
    package static let alone = Processes(processGroup: nil)

    /// Whether this process is the one that writes and speaks.
    var isFirst: Bool { processGroup?.isFirst ?? true }

    /// Joins the others where `mpirun` or `srun` has started several, and takes its share of the machine's cores.
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

    /// Does something in the first process, then in the others.
    func inTurn<Value>(_ body: () throws -> Value) throws -> Value {
        let own = isFirst ? try body() : nil
        try processGroup?.meet()
        return try own ?? body()
    }

    /// The device to compute on: of a machine's GPUs one for each process.
    func device(_ device: Device) throws -> Device {
        guard processGroup != nil, case .cuda(0) = device else { return device }
        return .cuda(MPIProcessGroup.local().rank % max(1, try device.count()))
    }
}
