import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

/// A convolution and a dense layer on fixed data, as Tests/References/make-optimizer-references.py trains them.
private final class Exercise {
    let store = ParameterStore(seed: 0)
    let kernel: Tensor
    let dense: Tensor
    private let x: Tensor
    private let y: Tensor

    static func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/optimizers", withExtension: "safetensors")))
    }

    init() throws {
        let file = try Self.golden()
        let scope = Scope(store)
        // The store keeps kernels with the channels innermost: gradients and moments must be read in that order, too.
        kernel = try scope.parameter("kernel", shape: [6, 3, 3, 3], initial: .zeros)
        dense = try scope.parameter("dense", shape: [4, 6], initial: .zeros)
        try kernel.assign(Tensor("kernel", in: file))
        try dense.assign(Tensor("dense", in: file))
        (x, y) = (try Tensor("x", in: file), try Tensor("y", in: file))
        try store.requireGradients()
    }

    func learn(_ steps: Int, by optimizer: Optimizer, clip: Double = 0) throws {
        for _ in 0..<steps {
            try loss().backward()
            try optimizer.step(rate: 1e-2, clip: clip)
        }
    }

    func loss() throws -> Tensor {
        let features = try tanh(conv2d(x, weight: kernel, bias: nil, padding: 1)).mean(2, 3)
        return try (linear(features, weight: dense, bias: nil) - y).squared().mean()
    }

    var values: [Float] {
        get throws { try kernel.values(as: Float.self) + dense.values(as: Float.self) }
    }
}

@Suite("Optimizers")
struct OptimizerTests {
    private func settings(_ kind: OptimizerSettings.Kind, dropout: Double = 0) -> OptimizerSettings {
        OptimizerSettings(kind: kind, decay: kind == .adamw || kind == .lion ? 0.05 : 0, dropout: dropout)
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(
        "six steps end where the references end", arguments: OptimizerSettings.Kind.allCases, [0, 0.05])
    func reference(kind: OptimizerSettings.Kind, clip: Double) throws {
        let exercise = try Exercise()
        var settings = settings(kind)
        if kind == .adabelief { settings.decay = 0.05 }
        let before = try exercise.values
        try exercise.learn(6, by: Optimizer(settings, of: exercise.store), clip: clip)
        let file = try Exercise.golden()
        let label = clip > 0 ? "\(kind) clipped" : "\(kind)"
        let wanted = try ["kernel", "dense"].flatMap { try file.values("\(label).\($0)", as: Float.self) }
        #expect(distance(before, wanted) > 0.03)
        #expect(try distance(exercise.values, wanted) < 2e-5)
    }

    @Test("Adam takes no notice of decay")
    func adam() throws {
        var decayed = settings(.adam)
        decayed.decay = 0.5
        let (one, other) = (try Exercise(), try Exercise())
        try one.learn(3, by: Optimizer(settings(.adam), of: one.store))
        try other.learn(3, by: Optimizer(decayed, of: other.store))
        #expect(try one.values == other.values)
    }

    @Test("the joint length is given where gradients are clipped, and not asked for otherwise")
    func norms() throws {
        let exercise = try Exercise()
        let optimizer = try Optimizer(of: exercise.store)
        try (exercise.dense.squared().sum() + exercise.kernel.squared().sum()).backward()
        let wanted = try exercise.values.reduce(0) { $0 + 4 * $1 * $1 }.squareRoot()
        let norm = try #require(try optimizer.step(rate: 0, clip: 1e9))
        #expect(abs(try norm.item() - Double(wanted)) < 1e-4)
        #expect(try exercise.dense.gradient() == nil)
        try exercise.dense.sum().backward()
        #expect(try optimizer.step(rate: 0, clip: 0) == nil)
    }

    @Test("resumed from a file go on as if they had not stopped", arguments: OptimizerSettings.Kind.allCases)
    func resume(kind: OptimizerSettings.Kind) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let settings = settings(kind, dropout: 0.3)
        let unbroken = try Exercise()
        let optimizer = try Optimizer(settings, of: unbroken.store, seed: 7)
        try unbroken.learn(3, by: optimizer)
        let resumed = try Exercise()
        for name in unbroken.store.names {
            try resumed.store[name]?.assign(try #require(unbroken.store[name]))
        }
        try SafetensorsWriter.write(optimizer.state().mapValues { try $0.stored() }, metadata: [:], to: url)
        try unbroken.learn(3, by: optimizer)
        let file = try SafetensorsFile(mapping: url)
        try resumed.learn(3, by: Optimizer(settings, of: resumed.store, seed: 7, resuming: file))
        #expect(try resumed.values == unbroken.values)
    }

    @Test(
        "moved on the way back, parameters end where they end after it, by the bit",
        arguments: OptimizerSettings.Kind.allCases)
    func alongTheWay(kind: OptimizerSettings.Kind) throws {
        let settings = settings(kind, dropout: kind == .adam ? 0 : 0.3)
        let (one, other) = (try Exercise(), try Exercise())
        try one.learn(4, by: Optimizer(settings, of: one.store, seed: 5))
        let optimizer = try Optimizer(settings, of: other.store, seed: 5)
        for _ in 0..<4 { try optimizer.step(along: other.loss(), rate: 1e-2) }
        #expect(try one.values == other.values)
        #expect(try other.dense.gradient() == nil && other.kernel.gradient() == nil)
        // The parameters are free of it afterwards: a plain way back leaves gradients and moves nothing.
        try other.loss().backward()
        #expect(try one.values == other.values)
        #expect(try other.dense.gradient() != nil)
    }

    @Test("a parameter that stands in a loss several times is moved once, by the whole gradient")
    func sharedParameter() throws {
        let (one, other) = (try Exercise(), try Exercise())
        func loss(_ exercise: Exercise) throws -> Tensor {
            try exercise.loss() + exercise.dense.squared().sum() + exercise.dense.sum() * exercise.loss()
        }
        let (after, along) = (try Optimizer(of: one.store), try Optimizer(of: other.store))
        for _ in 0..<3 {
            try loss(one).backward()
            try after.step(rate: 1e-2, clip: 0)
            try along.step(along: loss(other), rate: 1e-2)
        }
        #expect(try one.values == other.values)
        #expect(try along.state()["optimizer.step.dense"]?.item() == 3)
    }

    @Test("another optimizer's file is none of theirs: they begin at rest")
    func switching() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let (one, other) = (try Exercise(), try Exercise())
        let earlier = try Optimizer(of: try Exercise().store)
        try SafetensorsWriter.write(earlier.state().mapValues { try $0.stored() }, metadata: [:], to: url)
        try one.learn(
            2, by: Optimizer(.published(.lion), of: one.store, resuming: SafetensorsFile(mapping: url)))
        try other.learn(2, by: Optimizer(.published(.lion), of: other.store))
        #expect(try one.values == other.values)
    }

    @Test(
        "dropout leaves its share of numbers as they are, others each step, the same in every run",
        arguments: [OptimizerSettings.Kind.adamw, .adabelief, .lion])
    func dropout(kind: OptimizerSettings.Kind) throws {
        let exercise = try Exercise()
        let optimizer = try Optimizer(settings(kind, dropout: 0.7), of: exercise.store, seed: 3)
        var (before, kept) = (try exercise.values, [[Bool]]())
        for _ in 0..<20 {
            try exercise.learn(1, by: optimizer)
            let after = try exercise.values
            kept.append(zip(before, after).map { $0 == $1 })
            before = after
        }
        let share = Double(kept.joined().filter { $0 }.count) / Double(kept.joined().count)
        // 20 · 186 draws: a deviation of 0.0075.
        #expect(abs(share - 0.7) < 0.03)
        #expect(kept[0] != kept[1])

        let again = try Exercise()
        try again.learn(20, by: Optimizer(settings(kind, dropout: 0.7), of: again.store, seed: 3))
        #expect(try again.values == before)
        let other = try Exercise()
        try other.learn(20, by: Optimizer(settings(kind, dropout: 0.7), of: other.store, seed: 4))
        #expect(try other.values != before)
    }

    @Test("AdamW's own rule, which drops updates, is the fused one where it drops none")
    func fused() throws {
        let (one, other) = (try Exercise(), try Exercise())
        try one.learn(6, by: Optimizer(settings(.adamw), of: one.store), clip: 1)
        try other.learn(6, by: Optimizer(settings(.adamw, dropout: 1e-12), of: other.store), clip: 1)
        #expect(try distance(one.values, other.values) < 1e-6)
    }

    @Test("frozen parts do not change by a bit, and others do", arguments: OptimizerSettings.Kind.allCases)
    func frozen(kind: OptimizerSettings.Kind) throws {
        let exercise = try Exercise()
        try exercise.store.requireGradients(frozen: ["kernel"])
        let (kernel, dense) = (
            try exercise.kernel.values(as: Float.self), try exercise.dense.values(as: Float.self)
        )
        let optimizer = try Optimizer(settings(kind), of: exercise.store)
        try exercise.learn(2, by: optimizer, clip: 1)
        #expect(try exercise.kernel.values(as: Float.self) == kernel)
        #expect(try exercise.dense.values(as: Float.self) != dense)
        #expect(try optimizer.state().keys.allSatisfy { $0.hasSuffix(".dense") })
    }

    @Test("refuse to freeze what is not there, or everything, and numbers that cannot be")
    func refusals() throws {
        let store = try Exercise().store
        let unknown = #expect(throws: TensorError.self) { try store.requireGradients(frozen: ["kern"]) }
        #expect(unknown?.message.contains("'kern'") == true && unknown?.isBadInput == true)
        #expect(throws: TensorError.self) { try store.requireGradients(frozen: ["kernel", "dense"]) }
        var settings = OptimizerSettings(betas: [0.9])
        #expect(throws: TensorError.self) { try Optimizer(settings, of: store) }
        settings = OptimizerSettings(dropout: 1)
        #expect(throws: TensorError.self) { try Optimizer(settings, of: store) }
    }
}
