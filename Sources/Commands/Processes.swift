import Foundation
import Tensors
import Training

/// The processes that were started together with this one, and its place among them.
package struct Processes {
    let ranks: MPIRanks?

    /// This process by itself.
    package static let alone = Processes(ranks: nil)

    /// Whether this process is the one that writes and speaks.
    var isFirst: Bool { ranks?.isFirst ?? true }

    /// Joins the others where `mpirun` or `srun` has started several, and takes its share of the machine's cores.
    static func joined() throws -> Processes {
        let ranks = try MPIRanks.joined()
        let neighbours = MPIRanks.local().count
        if ranks != nil, neighbours > 1, ProcessInfo.processInfo.environment["OMP_NUM_THREADS"] == nil {
            let share = max(1, ProcessInfo.processInfo.activeProcessorCount / neighbours)
            try Engine.setThreads(min(Engine.threads(), share))
        }
        return Processes(ranks: ranks)
    }

    /// Does something in the first process, then in the others.
    func inTurn<Value>(_ body: () throws -> Value) throws -> Value {
        let own = isFirst ? try body() : nil
        try ranks?.meet()
        return try own ?? body()
    }

    /// The device to compute on: of a machine's GPUs one for each process.
    func device(_ device: Device) throws -> Device {
        guard ranks != nil, case .cuda(0) = device else { return device }
        return .cuda(MPIRanks.local().rank % max(1, try device.count()))
    }
}
