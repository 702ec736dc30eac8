import CMPI
import Foundation
import Tensors

/// Non-blocking sums over processes; implemented by Open MPI, or by a mock in tests.
protocol SumLibrary: AnyObject {
    /// Starts an in-place sum of the buffer; the buffer is written to until the sum completes.
    func begin(_ buffer: SumBuffer) throws -> MPISum?
    /// Tests whether a sum has completed, and progresses all sums. Not to be called again after completion.
    func isDone(_ sum: inout MPISum?) throws -> Bool
    /// Leaves the process group; waits for all processes.
    func leave()
}

/// Bindings to Open MPI's library.
final class OpenMPI: SumLibrary {
    /// Loads the library and joins the process group, once.
    ///
    /// - Throws: `TrainingError.ranks`.
    static func join() throws -> (rank: Int, count: Int) {
        var (rank, count): (Int32, Int32) = (0, 1)
        try check(mpi_join(&rank, &count), "Open MPI cannot be used; on Debian: apt-get install openmpi-bin")
        return (Int(rank), Int(count))
    }

    func begin(_ buffer: SumBuffer) throws -> MPISum? {
        guard let count = Int32(exactly: buffer.count) else {
            throw TrainingError(.processGroup, "\(buffer.count) numbers are too many for one sum")
        }
        var sum: MPISum?
        try Self.check(
            mpi_begin_sum(buffer.start, count, buffer.isDouble ? MPI_DOUBLE_FLOATS : MPI_SINGLE_FLOATS, &sum),
            "The other processes cannot be reached")
        return sum
    }

    func isDone(_ sum: inout MPISum?) throws -> Bool {
        var done: Int32 = 0
        try Self.check(mpi_is_done(&sum, &done), "The other processes cannot be reached")
        return done != 0
    }

    func leave() { mpi_leave() }

    private static func check(_ text: UnsafeMutablePointer<CChar>?, _ what: String) throws {
        guard let text else { return }
        defer { free(text) }
        throw TrainingError(.processGroup, "\(what) (\(String(cString: text)))")
    }
}
