import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Training
import Workspace

@Suite("Adversaries", .serialized)
struct DiscriminatorTrainerTests {
    init() throws { try Engine.setThreads(1) }

    private var settings: GANSettings {
        var settings = GANSettings()
        (settings.channels, settings.rate) = (8, 5e-3)
        return settings
    }

    private func adversary(resuming file: SafetensorsFile? = nil) throws -> DiscriminatorTrainer {
        try .ofFaces(side: 16, settings: settings, seed: 3, resuming: file, device: .cpu)
    }

    /// Faces with a sharp edge, or with a blurred one.
    private func faces(sharp: Bool, step: Int) throws -> Tensor {
        var numbers = RandomNumbers(seed: 8, stream: UInt64(step))
        let values = (0..<4).flatMap { _ -> [Float] in
            let edge = 4 + numbers.uniform() * 8
            let line = (0..<16).map { x -> Float in
                let distance = Float(Double(x) - edge)
                return sharp ? (distance > 0 ? 0.8 : 0.2) : 0.5 + 0.3 * tanh(distance / 3)
            }
            return (0..<3 * 16).flatMap { _ in line }
        }
        return try Tensor(values, shape: [4, 3, 16, 16])
    }

    @Test("learn to tell blurred faces from sharp ones, and pay for sharpening")
    func sharpens() throws {
        let adversary = try adversary()
        var losses: [Double] = []
        for step in 0..<60 {
            let (real, drawn) = (try faces(sharp: true, step: step), try faces(sharp: false, step: step))
            losses.append(try adversary.learn(true: real, drawn: drawn).item())
        }
        #expect(losses[59] < 0.6 * losses[0])
        let blurred = try adversary.generatorLoss(for: faces(sharp: false, step: 99)).item()
        let sharp = try adversary.generatorLoss(for: faces(sharp: true, step: 99)).item()
        #expect(sharp < 0.7 * blurred)
    }

    @Test("are not moved by their word, whose gradient reaches what was drawn")
    func safe() throws {
        let adversary = try adversary()
        let before = try adversary.state().mapValues { try $0.contiguous().stored().bytes }
        let drawn = try faces(sharp: false, step: 1)
        try drawn.requireGradient()
        try adversary.generatorLoss(for: drawn).backward()
        let slopes = try #require(try drawn.gradient()).contiguous().values(as: Float.self)
        #expect(slopes.contains { $0 != 0 })
        #expect(try adversary.state().mapValues { try $0.contiguous().stored().bytes } == before)
        // What the word left in no parameter does not disturb the next lesson either.
        let other = try self.adversary()
        let lessons = try [adversary, other].map {
            try $0.learn(true: faces(sharp: true, step: 2), drawn: drawn)
            return try $0.state().mapValues { try $0.contiguous().stored().bytes }
        }
        #expect(lessons[0] == lessons[1] && lessons[0] != before)
        // Learning keeps none of the operations that drew.
        let kept = try #require(try drawn.gradient()).contiguous().values(as: Float.self)
        #expect(kept == slopes)
    }

    @Test("go on from a checkpoint as if they had not stopped, and begin anew from one without them")
    func resume() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "state.safetensors")
        func lesson(_ adversary: DiscriminatorTrainer, _ step: Int) throws -> Double {
            try adversary.learn(true: faces(sharp: true, step: step), drawn: faces(sharp: false, step: step))
                .item()
        }
        let first = try adversary()
        for step in 0..<3 { _ = try lesson(first, step) }
        let state = try first.state()
        #expect(state.keys.allSatisfy { $0.contains("adversary.faces.") })
        try SafetensorsWriter.write(state.mapValues { try $0.stored() }, metadata: [:], to: url)
        let second = try adversary(resuming: SafetensorsFile(mapping: url))
        for step in 3..<6 { #expect(try lesson(first, step) == lesson(second, step)) }
        for change in [(patch: 13, channels: 8), (patch: 0, channels: 6), (patch: 16, channels: 8)] {
            var other = settings
            (other.patch, other.channels) = change
            let error = #expect(throws: TrainingError.self) {
                try DiscriminatorTrainer.ofFaces(
                    side: 16, settings: other, seed: 3, resuming: SafetensorsFile(mapping: url), device: .cpu)
            }
            #expect(error?.message.contains("adversary.patch") == true)
        }
        try SafetensorsWriter.write([String: StoredTensor](), metadata: [:], to: url)
        let fresh = try adversary(resuming: SafetensorsFile(mapping: url))
        #expect(try lesson(fresh, 0) == lesson(adversary(), 0))
    }

    /// Sees in a face its mean colours.
    private struct ColourJudge: IdentityEmbedder {
        func embeddings(of faces: Tensor) throws -> Tensor {
            let colours = try faces.mean(2, 3) + 0.1
            return try colours * colours.squared().sum(1, keep: true).reciprocalSquareRoot()
        }
    }

    /// A training in which everybody has a say.
    private func options(iterations: Int) -> Trainer.Options {
        var options = DrawnFaces.options(iterations: iterations)
        (options.recipe.adversary.weight, options.recipe.adversary.start) = (0.1, 0.25)
        options.recipe.adversary.channels = 4
        options.recipe.trueFace = 0.1
        (options.recipe.loss.identity, options.recipe.loss.swapIdentity) = (1, 1)
        (options.recipe.loss.faceStyle, options.recipe.loss.backgroundStyle) = (1, 1)
        options.identityJudge = { _, _ in ColourJudge() }
        return options
    }

    @Test("and every other judge take part in a training that can be broken off and gone on with")
    func training() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        struct Stop: Error {}
        func trainer(_ name: String, breakingAt look: Int? = nil) throws -> Trainer {
            var options = options(iterations: 8)
            if look != nil { (options.checkpointEvery, options.previewEvery) = (0, 0) }
            var looks = 0
            return try Trainer(
                sets: sets, folder: folder.appending(path: name), options: options, progress: { _ in },
                preview: { _ in
                    looks += 1
                    if looks == look { throw Stop() }
                })
        }
        _ = try trainer("unbroken").run()
        #expect(throws: Stop.self) { try trainer("broken", breakingAt: 5).run() }
        // Where a look fails, what was trained is saved first.
        #expect(try trainer("broken").run().resumedFrom == 5)
        let files = try ["unbroken", "broken"].map {
            try SafetensorsFile(mapping: folder.appending(path: "\($0)/checkpoint.safetensors"))
        }
        #expect(files[0].names.contains { $0.hasPrefix("adversary.faces.") })
        #expect(files[0].names.contains { $0.hasPrefix("adversary.codes.") })
        for name in files[0].names {
            let bytes = try files.map { Array($0.bytes(of: try $0.entry(name))) }
            #expect(bytes[0] == bytes[1], "\(name) differs")
        }
    }

    @Test("are refused where a recogniser is asked for and none is there")
    func missingJudge() throws {
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let sets = try ["a", "b"].map { try DrawnFaces.set($0, in: folder) }
        var options = options(iterations: 1)
        options.identityJudge = nil
        let error = #expect(throws: TrainingError.self) {
            try Trainer(
                sets: sets, folder: folder.appending(path: "model"), options: options, progress: { _ in },
                preview: { _ in })
        }
        #expect(error?.message.contains("recogniser") == true)
    }
}
