import Architectures
import Faces
import Foundation
import Safetensors
import Tensors
import Synchronization
import Testing
import Workspace

@testable import Training

@Suite("Training", .serialized)
struct TrainerTests {
    /// So small a network gains nothing from threads.
    init() throws { try Engine.setThreads(1) }

    @discardableResult
    private func train(
        _ iterations: Int, in folder: URL, name: String = "model", checkpointEvery: Double = 1e9,
        progress: @escaping ProgressHandler = { _ in }
    ) throws -> Trainer.Summary {
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: iterations)
        options.checkpointEvery = checkpointEvery
        // Resuming is exact where the whole run is planned alike: the rate follows the plan, not the
        // interruption.
        let trainer = try Trainer(
            sets: sets, folder: folder.appending(path: name), options: options, progress: progress,
            preview: { _ in })
        return try trainer.run()
    }

    private func parameters(_ folder: URL, _ prefix: String) throws -> [String: [Float]] {
        let file = try SafetensorsFile(mapping: folder.appending(path: "model/checkpoint.safetensors"))
        let names = file.names.filter { $0.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try file.values($0, as: Float.self)) })
    }

    @Test("moves every parameter of every part within two steps")
    func everyParameterLearns() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        // The residual branches start at zero, so that what lies before them moves from the second step on.
        try train(1, in: folder)
        let before = try parameters(folder, "model.")
        try train(4, in: folder)
        let after = try parameters(folder, "model.")
        #expect(before.count > 50)
        for (name, values) in before { #expect(after[name] != values, "\(name) has not moved") }
    }

    @Test("lowers the error on frames that it was not shown")
    func learns() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try train(1, in: folder)
        let later = try train(120, in: folder)
        #expect(later.resumedFrom == 1)
        #expect(try #require(later.heldOutError) < 0.8 * #require(first.heldOutError))
        #expect(try #require(later.test[.testError]) < 0.8 * #require(first.test[.testError]))
    }

    @Test("without faces to hold out no figure is made up, and nothing that needs one is begun")
    func tooFewToHoldOut() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, count: 24, in: folder) }
        func run(_ stop: StopRule) throws -> (Trainer.Summary, [String]) {
            var options = DrawnFaces.options(iterations: 2)
            options.stop = stop
            let messages = Mutex<[String]>([])
            let trainer = try Trainer(
                sets: sets, folder: folder.appending(path: "model"), options: options,
                progress: { event in messages.withLock { $0 += [event.message].compactMap { $0 } } },
                preview: { _ in })
            return (try trainer.run(), messages.withLock { $0 })
        }
        let (summary, messages) = try run(StopRule(iterations: 2))
        #expect(summary.heldOutError == nil && summary.test.isEmpty && summary.best == nil)
        #expect(messages.contains { $0.contains("too few faces to keep some from training") })
        #expect(try ModelFile(summary.model).card.test == nil)
        for stop in [StopRule(iterations: 9, targetError: 0.9), StopRule(iterations: 9, untilPlateau: true)] {
            let error = #expect(throws: TrainingError.self) { try run(stop) }
            #expect(error?.code == .tooFewFaces)
        }
    }

    @Test("knows as many people as it is given, and remembers its recipe")
    func severalPeople() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b", "c"].map { try DrawnFaces.set($0, in: folder) }
        var options = DrawnFaces.options(iterations: 2)
        options.recipe.loss.mouth = 7
        let model = folder.appending(path: "model")
        _ = try Trainer(
            sets: sets, folder: model, options: options, progress: { _ in },
            preview: { #expect($0.columns.count == 4) }
        ).run()
        let card = try #require(try Trainer.card(in: model))
        #expect(card.people.map(\.name) == ["a", "b", "c"])
        #expect(try Recipe.stored(in: card, over: Recipe()) == options.recipe)
        let file = try ModelFile(model.appending(path: "model.safetensors"))
        #expect(file.file.names.contains { $0.hasPrefix("average.decoders.c.") })
    }

    @Test("broken off and gone on with ends with the same numbers as an unbroken run")
    func resumesExactly() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        struct Stop: Error {}

        try train(12, in: folder, name: "unbroken")
        var options = DrawnFaces.options(iterations: 12)
        // A checkpoint at every step; the run breaks off after the sixth as a crash would.
        options.checkpointEvery = 0
        let broken = try Trainer(
            sets: sets, folder: folder.appending(path: "broken"), options: options, progress: { _ in },
            preview: { _ in })
        broken.afterStep = { iteration, _ in if iteration == 5 { throw Stop() } }
        #expect(throws: Stop.self) { try broken.run() }
        let second = try train(12, in: folder, name: "broken")
        #expect(second.resumedFrom == 5)
        let files = try ["unbroken", "broken"].map {
            try SafetensorsFile(mapping: folder.appending(path: "\($0)/checkpoint.safetensors"))
        }
        for name in files[0].names {
            let bytes = try files.map { Array($0.bytes(of: try $0.entry(name))) }
            #expect(bytes[0] == bytes[1], "\(name) differs")
        }
    }

    @Test("goes on from the checkpoint before, when the newest is cut in half")
    func damagedCheckpoint() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        try train(3, in: folder, checkpointEvery: 0)
        let newest = folder.appending(path: "model/checkpoint.safetensors")
        let bytes = try Data(contentsOf: newest)
        try bytes.prefix(bytes.count / 2).write(to: newest)
        let said = Mutex<[String]>([])
        let summary = try train(5, in: folder) { event in said.withLock { $0.append(event.message ?? "") } }
        #expect(summary.resumedFrom >= 2)
        #expect(
            said.withLock { $0 }.contains {
                $0.contains("Not the newest checkpoint") && $0.contains(newest.path)
                    && $0.contains("of iteration \(summary.resumedFrom)")
            })

        try bytes.prefix(bytes.count / 2).write(to: newest)
        try bytes.prefix(100).write(to: folder.appending(path: "model/checkpoint.previous.safetensors"))
        let error = #expect(throws: ModelError.self) { try train(6, in: folder) }
        #expect(error?.message.contains("checkpoint.safetensors") == true)
    }

    @Test("refuses to go on with other faces, and sets that are too small")
    func refusals() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        try train(1, in: folder)
        let few = try DrawnFaces.set("a", count: 20, in: folder)
        let other = try DrawnFaces.set("b", in: folder)
        let mismatch = #expect(throws: TrainingError.self) {
            try Trainer(
                sets: [few, other], folder: folder.appending(path: "model"),
                options: DrawnFaces.options(iterations: 2),
                progress: { _ in }, preview: { _ in })
        }
        #expect(mismatch?.code == .mismatch)
        let tiny = try DrawnFaces.set("a", count: 5, in: folder)
        let small = #expect(throws: TrainingError.self) {
            try Trainer(
                sets: [tiny, other], folder: folder.appending(path: "new"),
                options: DrawnFaces.options(iterations: 2),
                progress: { _ in }, preview: { _ in })
        }
        #expect(small?.code == .tooFewFaces)
    }

    @Test("shows previews of held-out frames, and its model draws what the preview shows")
    func preview() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var previews: [TrainingPreview] = []
        let trainer = try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: DrawnFaces.options(iterations: 3),
            progress: { _ in }, preview: { previews.append($0) })
        let summary = try trainer.run()
        let last = try #require(previews.last)
        #expect(last.iteration == 3 && last.rows.count == 4 && last.rows[0].count == 4)
        let model = try SwapModel(summary.model, device: .cpu)
        #expect(model.card.iterations == 3 && model.card.people.map(\.name) == ["a", "b"])
        let drawn = try model.swap(
            faces: last.rows[0][0].pixels,
            measures: [[Float](repeating: 0, count: FaceMeasures.count)], from: 1, to: 0)
        #expect(drawn.count == 32 * 32 * 4)
    }

    @Test(
        "without an average the model holds the parameters themselves, and a later average begins with them")
    func withoutAverage() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        func train(_ iterations: Int, averaging: Double) throws {
            var options = DrawnFaces.options(iterations: iterations)
            options.recipe.averaging = averaging
            let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
            _ = try Trainer(
                sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
                preview: { _ in }
            ).run()
        }
        try train(3, averaging: 0)
        #expect(try parameters(folder, "average.").isEmpty)
        let model = try SafetensorsFile(mapping: folder.appending(path: "model/model.safetensors"))
        for (name, values) in try parameters(folder, "model.") {
            #expect(try model.values("average." + name.dropFirst(6), as: Float.self) == values)
        }
        let before = try parameters(folder, "model.")
        try train(4, averaging: 0.9)
        let (after, average) = (try parameters(folder, "model."), try parameters(folder, "average."))
        let name = "model.encoder.stem.weight"
        let pairs = zip(try #require(before[name]), try #require(after[name]))
        let averaged = try #require(average["average.encoder.stem.weight"])
        // At the fourth step an average keeps 4/13 of what it was.
        for ((old, new), mean) in zip(pairs, averaged) {
            #expect(abs(mean - (old * 4 + new * 9) / 13) < 1e-6)
        }
    }

    @Test("starts from another model's average, with its own people and named parts fresh")
    func startingFrom() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        try train(3, in: folder, name: "first")
        let first = folder.appending(path: "first/model.safetensors")
        let sets = try ["a", "c"].map { try DrawnFaces.set($0, in: folder) }
        func start(_ change: (inout Trainer.Options) -> Void) throws {
            var options = DrawnFaces.options(iterations: 1)
            options.seed = 8
            options.startingFrom = first
            // Nothing moves, so that what is saved is what was begun with.
            options.recipe.rate.peak = 0
            change(&options)
            _ = try Trainer(
                sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
                preview: { _ in }
            ).run()
        }
        try start { $0.fresh = ["intermediate"] }
        let given = try SafetensorsFile(mapping: first)
        var kept = 0
        for (name, values) in try parameters(folder, "model.") {
            let key = "average." + name.dropFirst(6)
            // Zeros and ones begin the same in every network.
            guard Set(values).count > 2, !name.contains(".mean") else { continue }
            let old = given.contains(key) ? try given.values(key, as: Float.self) : []
            let isFresh = name.hasPrefix("model.intermediate.") || name.hasPrefix("model.decoders.c.")
            #expect((old == values) == !isFresh, "\(name)")
            kept += isFresh ? 0 : 1
        }
        #expect(kept > 5)

        try FileManager.default.removeItem(at: folder.appending(path: "model"))
        let shapes = #expect(throws: TrainingError.self) {
            try start {
                var settings = DrawnFaces.settings
                settings.encoderChannels = 16
                $0.network = .hybrid(settings)
            }
        }
        #expect(shapes?.code == .mismatch && shapes?.description.contains("[16, ") == true)
        let part = #expect(throws: TrainingError.self) { try start { $0.fresh = ["encodr"] } }
        #expect(part?.description.contains("'encodr'") == true)
        #expect(throws: ModelError.self) { try start { $0.startingFrom = folder.appending(path: "none") } }
    }

    @Test("frozen parts stay to the bit, and a later run that thaws them goes on")
    func frozen() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        func train(_ iterations: Int, frozen: [String]) throws {
            var options = DrawnFaces.options(iterations: iterations)
            options.recipe.frozen = frozen
            let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
            _ = try Trainer(
                sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
                preview: { _ in }
            ).run()
        }
        try train(2, frozen: [])
        let before = try parameters(folder, "model.")
        try train(4, frozen: ["encoder", "decoders.a"])
        let after = try parameters(folder, "model.")
        for (name, values) in after {
            let isFrozen = name.hasPrefix("model.encoder.") || name.hasPrefix("model.decoders.a.")
            #expect((before[name] == values) == isFrozen, "\(name)")
        }
        try train(6, frozen: [])
        let thawed = try parameters(folder, "model.")
        #expect(thawed.allSatisfy { $0.value != after[$0.key] })
        let error = #expect(throws: TensorError.self) { try train(7, frozen: ["decoders.c"]) }
        #expect(error?.message.contains("decoders.b") == true)
    }

    @Test("with recomputing in parts a step learns what it learns without")
    func economy() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        func train(_ name: String, parts: Int) throws -> [String: [Float]] {
            var options = DrawnFaces.options(iterations: 3)
            options.recipe.economy.accumulation = parts
            options.recipe.optimizer.epsilon = 1e-3
            let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
            _ = try Trainer(
                sets: sets, folder: folder.appending(path: name), options: options, progress: { _ in },
                preview: { _ in }
            ).run()
            let file = try SafetensorsFile(mapping: folder.appending(path: "\(name)/model.safetensors"))
            return Dictionary(
                uniqueKeysWithValues: try file.names.map { ($0, try file.values($0, as: Float.self)) })
        }
        let (whole, parted) = (try train("whole", parts: 1), try train("parted", parts: 4))
        for (name, values) in whole {
            let other = try #require(parted[name])
            #expect(zip(values, other).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
        }
    }
}
