import CMPI
import Foundation
import Tensors

/// Sums over processes that go on while the caller does other things; Open MPI, or a stand-in for tests.
protocol SumLibrary: AnyObject {
    /// Begins to add up the buffer's numbers in place; it writes to them until the sum is done.
    func begin(_ buffer: SumBuffer) throws -> MPISum?
    /// Looks whether a sum is done and moves all sums along. To be called no more once it is.
    func isDone(_ sum: inout MPISum?) throws -> Bool
    /// Leaves the other processes; waits until all do.
    func leave()
}

/// Open MPI's library.
final class OpenMPI: SumLibrary {
    /// Opens the library and joins the other processes, once.
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
