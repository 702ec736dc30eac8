import CMPI
import Foundation
import Tensors
import Testing

@testable import Training

/// Whose the numbers of a sum under way are when something throws in the middle. Under AddressSanitizer
/// (`Scripts/test --sanitize address`) writing to memory that was freed ends the test; without it, weak references show it.
@Suite("Sums under way", .serialized)
struct SumOwnershipTests {
    /// A stand-in for MPI that, as MPI does, keeps bare pointers and writes to them until a sum is done.
    private final class LateLibrary: SumLibrary {
        private var pointers: [Int: (start: UnsafeMutableRawPointer, bytes: Int)] = [:]
        private var begun = 0
        weak var newest: SumBuffer?
        /// Looks that give "not yet" before a sum is done, and looks after which all fail.
        var patience = 0
        var failsFrom = Int.max
        private(set) var looks = 0
        private(set) var isLeft = false

        func begin(_ buffer: SumBuffer) -> MPISum? {
            begun += 1
            pointers[begun] = (buffer.start, buffer.count * (buffer.isDouble ? 8 : 4))
            newest = buffer
            return UnsafeMutableRawPointer(bitPattern: begun)
        }

        func isDone(_ sum: inout MPISum?) throws -> Bool {
            looks += 1
            write()
            if looks >= failsFrom { throw TrainingError(.processGroup, "planted") }
            guard looks > patience else { return false }
            pointers[Int(bitPattern: sum)] = nil
            return true
        }

        /// What MPI does to sums under way whenever it is called, and by threads of its own at any time.
        func write() {
            for place in pointers.values { memset(place.start, Int32(looks & 0x3f), place.bytes) }
        }

        func leave() { isLeft = true }
    }

    private func processGroup(_ library: LateLibrary) -> MPIProcessGroup {
        MPIProcessGroup(rank: 0, count: 2, library: library)
    }

    @Test("a wait that throws leaves the numbers where they are until the sum is done")
    func wait() throws {
        let library = LateLibrary()
        let processGroup = processGroup(library)
        (library.patience, library.failsFrom) = (10, 3)
        #expect(throws: TrainingError.self) { try processGroup.sum([1, 2, 3]) }
        weak let first = library.newest
        #expect(first != nil)
        library.write()
        // It is not over yet: whoever leaves now would wait for ever.
        processGroup.leave()
        #expect(!library.isLeft)
        // Once it answers again the numbers of the abandoned sum are let go, and others are added up.
        (library.patience, library.failsFrom) = (0, .max)
        #expect(try processGroup.sum([4, 5]).count == 2)
        #expect(first == nil)
        processGroup.leave()
        #expect(library.isLeft)
    }

    @Test("numbers of a sum that is never done are never freed")
    func never() throws {
        let library = LateLibrary()
        (library.patience, library.failsFrom) = (.max, 2)
        var processGroup: MPIProcessGroup? = self.processGroup(library)
        #expect(throws: TrainingError.self) { try processGroup?.sum([1, 2, 3]) }
        processGroup = nil
        #expect(library.newest != nil)
        library.write()
    }

    @Test("what is done is freed, and looked at no more")
    func done() throws {
        let library = LateLibrary()
        library.patience = 3
        let processGroup = processGroup(library)
        _ = try processGroup.sum([1, 2, 3])
        #expect(library.newest == nil)
        let looks = library.looks
        try processGroup.advance()
        #expect(library.looks == looks)
    }

    /// Sums that write to their numbers late, and throw in the middle.
    private final class ThrowingSums: AllReduce {
        struct Planted: Error {}

        private(set) var held: [SumBuffer] = []
        var throwsAt = Int.max
        var throwsWhenFinishing = false
        private(set) var isAbandoned = false

        func begin(_ buffer: SumBuffer) throws {
            held.append(buffer)
            if held.count == throwsAt { throw Planted() }
        }
        func advance() {}
        func finish() throws { if throwsWhenFinishing { throw Planted() } }
        func abandon() { isAbandoned = true }

        func complete() {
            for buffer in held { buffer.singles.update(repeating: 7) }
            held = []
        }
    }

    /// A loss of several parameters, each a bucket of its own, and the engine's way back through it.
    private func backward(_ sums: ThrowingSums, overlaps: Bool) throws -> [[Float]] {
        let parameters = try (1...6).map { number in
            let parameter = try Tensor([Float](repeating: Float(number), count: 4096), shape: [4096])
            try parameter.requireGradient()
            return parameter
        }
        let loss = try parameters.reduce(Tensor(repeating: 0, shape: [])) { try $0 + ($1 * $1).sum() }
        _ = try loss.backward(to: parameters, averaging: sums, processes: 1, bucket: 1024, overlaps: overlaps)
        return try parameters.map { try $0.gradient()?.values(as: Float.self) ?? [] }
    }

    @Test("a way back that throws in the middle leaves the numbers to the sums", arguments: [true, false])
    func middle(overlaps: Bool) throws {
        let sums = ThrowingSums()
        sums.throwsAt = 3
        #expect(throws: ThrowingSums.Planted.self) { try backward(sums, overlaps: overlaps) }
        #expect(sums.isAbandoned && sums.held.count == 3)
        sums.complete()
        // And the next one is whole.
        sums.throwsAt = .max
        let gradients = try backward(sums, overlaps: overlaps)
        #expect(gradients.count == 6)
        for (index, gradient) in gradients.enumerated() {
            #expect(gradient == [Float](repeating: 2 * Float(index + 1), count: 4096))
        }
    }

    @Test("a wait at the end that throws leaves them, too", arguments: [true, false])
    func end(overlaps: Bool) throws {
        let sums = ThrowingSums()
        sums.throwsWhenFinishing = true
        #expect(throws: ThrowingSums.Planted.self) { try backward(sums, overlaps: overlaps) }
        #expect(sums.isAbandoned && sums.held.count == 6)
        for buffer in sums.held { #expect(buffer.count == 4096 && buffer.singles[4095] != 7) }
        sums.complete()
    }
}
