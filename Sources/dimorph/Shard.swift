import ArgumentParser
import Foundation
import Swapping

/// One process's share of a conversion as an option value: 2/3 is the second of three.
struct Shard: ExpressibleByArgument, Sendable, Equatable {
    let share: ConversionShare

    init(share: ConversionShare) { self.share = share }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0,
            (1...count).contains(number)
        else { return nil }
        self.init(share: ConversionShare(index: number - 1, count: count))
    }

    var defaultValueDescription: String { "\(share.index + 1)/\(share.count)" }

    /// The share of this process under `mpirun` (Open MPI, MPICH) or `srun`; `nil` otherwise.
    static func ofRank(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Shard? {
        let names = [
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
            ("SLURM_PROCID", "SLURM_NTASKS"),
        ]
        for (rank, size) in names {
            guard let index = environment[rank].flatMap({ Int($0) }),
                let count = environment[size].flatMap({ Int($0) }), count > 1, (0..<count).contains(index)
            else { continue }
            return Shard(share: ConversionShare(index: index, count: count))
        }
        return nil
    }
}
