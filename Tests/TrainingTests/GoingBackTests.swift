import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Workspace

@testable import Training

/// What breaks a training, planted: it goes back, says so, writes it down, and goes on.
@Suite("Going back", .serialized)
struct GoingBackTests {
    init() throws { try Engine.setThreads(1) }

    /// What a training with something planted in it left.
    private struct Outcome {
        var summary: Trainer.Summary
        var card: ModelCard
        var said: [String]
        var points: [TrainingPoint]
        var runs: [TrainingRun]
    }

    private final class Said: @unchecked Sendable { var lines: [String] = [] }

    private func train(
        _ iterations: Int, in folder: URL, checkpointEvery: Double = 1e9,
        _ plant: @escaping (Int, ParameterStore) throws -> Void
    ) throws -> Outcome {
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: iterations)
        options.checkpointEvery = checkpointEvery
        let said = Said()
        let model = folder.appending(path: "model")
        let trainer = try Trainer(
            sets: sets, folder: model, options: options,
            progress: { event in event.message.map { said.lines.append($0) } }, preview: { _ in })
        trainer.afterStep = plant
        var (points, runs): ([TrainingPoint], [TrainingRun]) = ([], [])
        trainer.metrics.recordReturn = {
            runs.append($0)
            points.append($1)
        }
        return Outcome(
            summary: try trainer.run(), card: try #require(try Trainer.card(in: model)), said: said.lines,
            points: points, runs: runs)
    }

    private func spoil(_ store: ParameterStore, by factor: Double) throws {
        try withoutGradient { for tensor in store.tensors { try tensor.assign(tensor * factor) } }
    }

    @Test("a planted NaN: back to the last checkpoint, half the rate, recorded, and on to the end")
    func noNumber() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var times = 0
        let outcome = try train(30, in: folder) { iteration, store in
            guard iteration == 20, times == 0 else { return }
            times += 1
            try spoil(store, by: .nan)
        }
        #expect(outcome.summary.iterations == 30 && outcome.summary.returns == 1)
        #expect(outcome.summary.heldOutError ?? 1 < 1 && outcome.card.slowed == 0.5)
        #expect(outcome.runs.map(\.resumedFrom) == [0])
        #expect(outcome.points.first?.figures[.slowed] == 0.5)
        #expect((outcome.points.first?.figures[.wentBackFrom] ?? 0) > 20)
        #expect(
            outcome.said.contains { $0.contains("not finite") && $0.contains("50 % of the recipe") })
    }

    @Test("going back takes everything back: the same steps after it give the same numbers")
    func exactly() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        func content(_ name: String, returning: Bool) throws -> [String: [Float]] {
            var options = DrawnFaces.options(iterations: 12)
            options.recipe.adversary.weight = 0.1
            let trainer = try Trainer(
                sets: sets, folder: folder.appending(path: name), options: options, progress: { _ in },
                preview: { _ in })
            for iteration in 0..<6 { _ = try trainer.step(iteration: iteration, progress: 0) }
            try trainer.checkpoint()
            if returning {
                for iteration in 6..<9 { _ = try trainer.step(iteration: iteration, progress: 0) }
                try trainer.content.restore(from: #require(try trainer.files.newest()).file)
            }
            for iteration in 6..<12 { _ = try trainer.step(iteration: iteration, progress: 0) }
            return try trainer.content.tensors().mapValues { try $0.values(as: Float.self) }
        }
        let (straight, returned) = (
            try content("straight", returning: false), try content("back", returning: true)
        )
        #expect(straight.keys.contains { $0.hasPrefix("adversary.") })
        for (name, values) in straight { #expect(returned[name] == values, "\(name) differs") }
    }

    @Test("a jump: back to a checkpoint before it, not to the newest, which has learned from it")
    func jump() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var times = 0
        let outcome = try train(150, in: folder, checkpointEvery: 0.2) { iteration, store in
            guard iteration == 100, times == 0 else { return }
            times += 1
            try spoil(store, by: -3)
        }
        #expect(outcome.summary.iterations == 150 && outcome.summary.returns == 1)
        let run = try #require(outcome.runs.first?.resumedFrom)
        #expect(run <= 101 && outcome.said.contains { $0.contains("has jumped from") })
        #expect(outcome.card.slowed == 0.5)
    }

    @Test("where going back does not help it ends with words that do, and a checkpoint that is good")
    func hopeless() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: TrainingError.self) {
            try train(30, in: folder) { iteration, store in
                if iteration == 10 { try spoil(store, by: .nan) }
            }
        }
        #expect(error?.code == .diverged && error?.message.contains("rate.peak") == true)
        let model = folder.appending(path: "model")
        let file = try SafetensorsFile(mapping: model.appending(path: "checkpoint.safetensors"))
        for name in file.names {
            #expect(try file.values(name, as: Float.self).allSatisfy { $0.isFinite }, "\(name)")
        }
    }

    @Test("the lowered rate stays with the model until the recipe's is changed")
    func slowed() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var times = 0
        _ = try train(10, in: folder) { iteration, store in
            guard iteration == 5, times == 0 else { return }
            times += 1
            try spoil(store, by: .nan)
        }
        #expect(try train(12, in: folder) { _, _ in }.card.slowed == 0.5)
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: 14)
        options.recipe.rate.peak = 1e-3
        _ = try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
            preview: { _ in }
        ).run()
        #expect(try Trainer.card(in: folder.appending(path: "model"))?.slowed == nil)
    }
}
