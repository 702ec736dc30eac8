import Architectures
import Foundation
import NeuralNetworks
import Tensors
import Testing
import Workspace

@testable import Training

@Suite("Memory plan", .serialized)
struct MemoryPlanTests {
    init() throws { try Engine.setThreads(1) }

    @Test("rehearses small batches first, and none above half of what is wanted")
    func batches() {
        #expect(MemoryPlan.batches(for: 16, parts: 1) == [1, 2, 4, 8])
        #expect(MemoryPlan.batches(for: 8, parts: 1) == [1, 2, 4])
        #expect(MemoryPlan.batches(for: 128, parts: 4) == [4, 8, 32, 64])
        #expect(MemoryPlan.batches(for: 2, parts: 1) == [1])
        #expect(MemoryPlan.batches(for: 1, parts: 1).isEmpty)
    }

    @Test("each face takes its share, and the batch that fits is told")
    func extrapolation() {
        var plan = MemoryPlan(saved: 100)
        #expect(plan.peak(batch: 8) == nil && plan.largestBatch(in: 1000) == nil)
        plan.add(batch: 1, peak: 600)
        // A peak that is hidden below an earlier one.
        plan.add(batch: 2, peak: 500)
        #expect(plan.peak(batch: 4) == 500)
        plan.add(batch: 4, peak: 1000)
        #expect(plan.each == 200 && plan.peak(batch: 8) == 1700)
        #expect(plan.largestBatch(in: 1700) == 8 && plan.largestBatch(in: 1699) == 7)
        #expect(plan.largestBatch(in: 100) == 0)
    }

    @Test("a rehearsal moves nothing: a training after it is the same to the bit")
    func rehearsal() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        func parameters(_ name: String, rehearsing: Bool) throws -> [[Float]] {
            let trainer = try Trainer(
                sets: sets, folder: folder.appending(path: name), options: DrawnFaces.options(iterations: 3),
                progress: { _ in }, preview: { _ in })
            if rehearsing { try trainer.planMemory() }
            for iteration in 0..<3 { _ = try trainer.step(iteration: iteration, progress: 0) }
            return try trainer.store.tensors.map { try $0.values(as: Float.self) }
        }
        #expect(try parameters("a", rehearsing: false) == parameters("b", rehearsing: true))
    }

    private final class Said: @unchecked Sendable { var lines: [String] = [] }

    @Test(
        "memory that runs out: on from the checkpoint with the batch in parts, until there are none left to make"
    )
    func runningOut() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var (runs, points): ([TrainingRun], [TrainingPoint]) = ([], [])
        func train(_ name: String, failures: Int) throws -> (Trainer.Summary, [String]) {
            let said = Said()
            let trainer = try Trainer(
                sets: sets, folder: folder.appending(path: name), options: DrawnFaces.options(iterations: 8),
                progress: { event in event.message.map { said.lines.append($0) } }, preview: { _ in })
            trainer.metrics.recordReturn = {
                runs.append($0)
                points.append($1)
            }
            var left = failures
            trainer.afterStep = { iteration, _ in
                guard iteration == 5, left > 0 else { return }
                left -= 1
                throw TensorError(.outOfMemory, "Out of memory: planted")
            }
            return (try trainer.run(), said.lines)
        }
        let (summary, said) = try train("once", failures: 1)
        #expect(summary.iterations == 8 && summary.judgingShare <= 1)
        // The history goes back as well: a run begins at the checkpoint, and says from where.
        #expect(runs.map(\.resumedFrom) == [0] && points.map(\.iteration) == [0])
        #expect(points.first?.figures[.wentBackFrom] == 5)
        #expect(said.contains { $0.contains("memory has run out") && $0.contains("economy.accumulation=2") })
        // A batch of four goes into two parts and four, and no further.
        let error = #expect(throws: TrainingError.self) { try train("ever", failures: 9) }
        #expect(error?.code == .tooLittleMemory && error?.message.contains("--batch ") == true)
        #expect(try Trainer.card(in: folder.appending(path: "ever"))?.iterations == 0)
    }

    /// A sanitizer's memory counts, too.
    @Test(
        "the kernel's height can begin anew",
        .disabled(if: ProcessInfo.processInfo.environment["DIMORPH_SANITIZER"] != nil))
    func height() throws {
        let (before, resets) = (MainMemory.heldAtMost, MainMemory.forgetHeight())
        guard resets, let before, let held = MainMemory.held else { return }
        let block = UnsafeMutableRawPointer.allocate(byteCount: 64 << 20, alignment: 16)
        memset(block, 1, 64 << 20)
        let after = try #require(MainMemory.heldAtMost)
        block.deallocate()
        #expect(after >= held + (60 << 20) && after < max(before, held) + (128 << 20))
    }
}
