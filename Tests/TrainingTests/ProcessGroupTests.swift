import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Workspace

@testable import Training

/// Several processes on parts of a batch, here as threads; Benchmarks/ranks does the same with mpirun.
@Suite("ProcessGroup", .serialized)
struct ProcessGroupTests {
    private static func options(_ processGroup: (any ProcessGroup)?, iterations: Int = 1) -> Trainer.Options {
        var options = DrawnFaces.options(iterations: iterations)
        options.recipe.batch = 8
        options.processGroup = processGroup
        return options
    }

    private static func trainer(_ folder: URL, _ options: Trainer.Options) throws -> Trainer {
        try Engine.setThreads(1)
        let sets = try ["a", "b"].map {
            try PackedSet(mapping: folder.appending(path: "\($0).faces.safetensors"))
        }
        return try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
            preview: { _ in })
    }

    /// The gradients of a step, and by how much those of ranks are off, as a share of the greatest number of each.
    private func farthest(
        _ count: Int, _ change: @escaping @Sendable (inout Recipe) -> Void = { _ in }
    ) throws -> Double {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["a", "b"] { _ = try DrawnFaces.set(name, in: folder) }
        @Sendable func gradients(_ processGroup: (any ProcessGroup)?) throws -> [[Float]] {
            var options = Self.options(processGroup)
            change(&options.recipe)
            let trainer = try Self.trainer(folder, options)
            return try trainer.step.gradients(iteration: 3).map { try $0?.values(as: Float.self) ?? [] }
        }
        let alone = try gradients(nil)
        let shared = try ThreadProcessGroup.run(count) { try gradients($0) }
        #expect(shared.count == count && shared.allSatisfy { $0 == shared[0] })
        return zip(alone, shared[0]).map { one, other in
            let greatest = max(1e-6, one.map(abs).max() ?? 0)
            return zip(one, other).map { Double(abs($0 - $1) / greatest) }.max() ?? 0
        }.max() ?? 0
    }

    @Test("gradients of two and of four are those of one with the joined batch", arguments: [2, 4])
    func gradients(count: Int) throws {
        #expect(try farthest(count) < 1e-4)
        // Everything that looks at faces together, and light on all of them.
        #expect(
            try farthest(count) { recipe in
                recipe.loss = .deepFaceLab
                recipe.code.matching = 3
                (recipe.augmentation.light.share, recipe.loss.frequency) = (1, 1)
            } < 1e-4)
        // In parts, without overlap.
        #expect(try farthest(count) { $0.economy.accumulation = 2 } < 1e-4)
    }

    @Test("a training of two writes once, and goes on alone")
    func training() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["a", "b"] { _ = try DrawnFaces.set(name, in: folder) }
        let ends = try ThreadProcessGroup.run(2) { processGroup in
            let summary = try Self.trainer(folder, Self.options(processGroup, iterations: 6)).run()
            return summary.iterations
        }
        #expect(ends == [6, 6])
        let alone = try Self.trainer(folder, Self.options(nil, iterations: 8)).run()
        #expect(alone.resumedFrom == 6 && alone.iterations == 8)
    }

    @Test("what is no number for one takes all of them back")
    func goingBack() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["a", "b"] { _ = try DrawnFaces.set(name, in: folder) }
        let returns = try ThreadProcessGroup.run(2) { processGroup in
            let trainer = try Self.trainer(folder, Self.options(processGroup, iterations: 8))
            var times = 0
            trainer.afterStep = { iteration, store in
                guard iteration == 4, processGroup.rank == 1, times == 0 else { return }
                times += 1
                try withoutGradient { for tensor in store.tensors { try tensor.assign(tensor * .nan) } }
            }
            return try trainer.run().returns
        }
        #expect(returns == [1, 1])
    }

    @Test("a batch that does not go evenly into them is refused, and so are processes whose settings differ")
    func refusals() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["a", "b"] { _ = try DrawnFaces.set(name, in: folder) }
        let uneven = #expect(throws: TrainingError.self) {
            try Self.trainer(folder, Self.options(ThreadProcessGroup.make(3)[0]))
        }
        #expect(uneven?.code == .mismatch && uneven?.message.contains("--batch") == true)
        let other = #expect(throws: TrainingError.self) {
            try ThreadProcessGroup.run(2) { processGroup in
                var options = Self.options(processGroup, iterations: 2)
                options.seed = UInt64(processGroup.rank)
                _ = try Self.trainer(folder, options).run()
            }
        }
        #expect(other?.code == .processGroup && other?.message.contains("same flags") == true)
    }

    @Test("what a launcher says of itself is read")
    func environment() {
        #expect(MPIProcessGroup.processes([:]) == 1)
        #expect(MPIProcessGroup.processes(["OMPI_COMM_WORLD_SIZE": "4"]) == 4)
        #expect(MPIProcessGroup.processes(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8"]) == 8)
        #expect(MPIProcessGroup.processes(["SLURM_STEP_NUM_TASKS": "8"]) == 1)
        #expect(
            MPIProcessGroup.local(["OMPI_COMM_WORLD_LOCAL_RANK": "1", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"]) == (
                1, 2
            ))
        #expect(MPIProcessGroup.local([:]) == (0, 1))
    }
}
