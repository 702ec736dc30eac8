import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Workspace

@testable import Training

@Suite("Training of a refinement", .serialized)
struct RefinedTrainingTests {
    init() throws { try Engine.setThreads(1) }

    private static let settings: HybridSettings = {
        var settings = DrawnFaces.settings
        (settings.resolution, settings.refinementChannels) = (64, 3)
        return settings
    }()

    private func options(_ iterations: Int) -> Trainer.Options {
        var options = DrawnFaces.options(iterations: iterations)
        options.network = .hybrid(Self.settings)
        return options
    }

    private func train(
        _ options: Trainer.Options, in folder: URL, name: String = "model"
    ) throws -> Trainer.Summary {
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        return try Trainer(
            sets: sets, folder: folder.appending(path: name), options: options, progress: { _ in },
            preview: { _ in }
        ).run()
    }

    private func parameters(_ folder: URL, _ prefix: String) throws -> [String: [Float]] {
        let file = try SafetensorsFile(mapping: folder.appending(path: "model/checkpoint.safetensors"))
        let names = file.names.filter { $0.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try file.values($0, as: Float.self)) })
    }

    @Test("moves all of it in some of the steps, and nothing of it where the recipe gives it none")
    func learns() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var still = options(4)
        still.recipe.refinement.steps = 0
        _ = try train(still, in: folder)
        let before = try parameters(folder, "model.decoders.a.")
        still.stop = StopRule(iterations: 8)
        _ = try train(still, in: folder)
        let unmoved = try parameters(folder, "model.decoders.a.")
        var moving = options(24)
        moving.recipe.refinement.steps = 0.5
        _ = try train(moving, in: folder)
        let after = try parameters(folder, "model.decoders.a.")
        #expect(before.keys.contains { $0.contains("refinement") })
        for (name, values) in before {
            #expect((unmoved[name] == values) == name.contains("refinement"), "\(name)")
            #expect(after[name] != values, "\(name)")
        }
    }

    @Test("lowers the error of what comes out, at its full size")
    func error() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try train(options(1), in: folder)
        let later = try train(options(160), in: folder)
        #expect(try #require(later.heldOutError) < 0.8 * #require(first.heldOutError))
        let model = try SwapModel(folder.appending(path: "model/model.safetensors"), device: .cpu)
        #expect(model.size == 64)
        #expect(model.card.people.allSatisfy { $0.codes?.covariance?.count == 36 })
    }

    @Test("goes on with a discriminator, which looks at all faces in full, and in parts")
    func judged() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = options(3)
        (options.recipe.adversary.weight, options.recipe.adversary.start) = (0.1, 0)
        options.recipe.adversary.channels = 4
        #expect(try train(options, in: folder, name: "judged").iterations == 3)
        options.recipe.adversary.weight = 0
        options.recipe.economy.accumulation = 2
        #expect(try train(options, in: folder, name: "parted").iterations == 3)
    }

    @Test("takes faces far from each other, now these and now those, and one at least for each process")
    func chosen() {
        let settings = RefinementSettings()
        var seen: Set<Int> = []
        for step in 0..<80 {
            let some = settings.chosen(of: 8, least: 1, chance: Double(step) / 80)
            #expect(some.count == 2 && some[1] - some[0] == 4)
            seen.formUnion(some)
            // Four processes of two faces each.
            let shared = settings.chosen(of: 8, least: 4, chance: Double(step) / 80)
            #expect(Set(shared.map { $0 / 2 }) == [0, 1, 2, 3])
        }
        #expect(seen == Set(0..<8))
        #expect(settings.chosen(of: 1, least: 1, chance: 0.9) == [0])
    }

    @Test("forecasts steps with and without by how often they come")
    func forecast() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        let trainer = try Trainer(
            sets: sets, folder: folder.appending(path: "model"), options: options(4), progress: { _ in },
            preview: { _ in })
        #expect(trainer.step.refinesSome && trainer.step.refiningShare == 0.4)
        #expect(try trainer.timed(warmUp: 1, steps: 2) > 0)
        #expect(trainer.step.refines == nil)
    }

    @Test("begins with a mean face that is the mean of the faces, at both sizes")
    func start() throws {
        var numbers = RandomNumbers(seed: 3, name: "faces")
        func random(_ shape: [Int]) throws -> Tensor {
            try Tensor((0..<shape.reduce(1, *)).map { _ in Float(numbers.uniform()) }, shape: shape)
        }
        let (faces, masks) = (try random([12, 3, 64, 64]), try random([12, 1, 64, 64]))
        let start = try PatchBasis.start(faces: faces, masks: masks, channels: (head: 4, refinement: 5))
        let refinement = try #require(start.refinement)
        #expect(start.head.patches.count == 16 * 4 * 1024 && refinement.patches.count == 16 * 5 * 4096)
        let coarse = try Tensor(start.head.mean, shape: [1, 4, 32, 32])
        let drawn =
            try Enlarging(from: 32, device: .cpu)(coarse)
            + Tensor(refinement.mean, shape: [1, 4, 64, 64])
        let wanted: [Float] = try faces.mean(0).values()
        let given: [Float] = try drawn.slice(0..<3, axis: 1).contiguous().values()
        #expect(zip(given, wanted).allSatisfy { abs($0 - $1) < 1e-4 })
        let plain = try PatchBasis.start(faces: faces, masks: masks, channels: (head: 4, refinement: nil))
        #expect(plain.refinement == nil && plain.head.mean.count == 4 * 64 * 64)
    }
}
