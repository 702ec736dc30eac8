import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

@Suite("Training")
struct TrainingTests {
    private func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/training", withExtension: "safetensors")))
    }

    private func expectClose(_ a: Tensor, _ b: Tensor, relative: Float = 1e-4, absolute: Float = 2e-6) throws
    {
        #expect(a.shape == b.shape)
        for (value, wanted) in zip(try a.values(as: Float.self), try b.values(as: Float.self)) {
            #expect(abs(value - wanted) <= relative * abs(wanted) + absolute)
        }
    }

    @Test("SSIM by two matrix products is SSIM by a depthwise window")
    func ssim() throws {
        let file = try golden()
        let similarity = try StructuralSimilarity(height: 20, width: 24)
        let map = try similarity(Tensor("ssim.a", in: file), Tensor("ssim.b", in: file))
        try expectClose(map, Tensor("ssim.map", in: file), absolute: 1e-4)
        let same = try similarity(Tensor("ssim.a", in: file), Tensor("ssim.a", in: file))
        #expect(abs(try same.mean().item() - 1) < 1e-6)
    }

    @Test("five clipped AdamW steps end where PyTorch's end")
    func adamW() throws {
        let file = try golden()
        let x = try Tensor("adamw.x", in: file)
        let y = try Tensor("adamw.y", in: file)
        let store = ParameterStore(seed: 0)
        let scope = Scope(store)
        let first = try scope.parameter("first", shape: [8, 4], initial: .zeros)
        let second = try scope.parameter("second", shape: [2, 8], initial: .zeros)
        try first.assign(Tensor("adamw.first", in: file))
        try second.assign(Tensor("adamw.second", in: file))
        try store.requireGradients()
        let optimizer = try Optimizer(of: store)
        let norms = try file.values("adamw.norms", as: Float.self)
        for step in 0..<5 {
            let output = try linear(tanh(linear(x, weight: first, bias: nil)), weight: second, bias: nil)
            try (output - y).squared().mean().backward()
            let norm = try #require(try optimizer.step(rate: 1e-2, clip: 0.5))
            #expect(abs(try norm.item() - Double(norms[step])) < 1e-5)
        }
        try expectClose(first, Tensor("adamw.first after", in: file))
        try expectClose(second, Tensor("adamw.second after", in: file))
    }

    @Test("an optimizer resumed from its state goes on as if it had not stopped")
    func resume() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dimorph-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "state.safetensors")

        func step(_ layer: Dense, _ optimizer: Optimizer) throws {
            try layer(Tensor(repeating: 1, shape: [2, 4])).squared().mean().backward()
            _ = try optimizer.step(rate: 1e-2, clip: 1)
        }

        let store = ParameterStore(seed: 5)
        let layer = try Dense(Scope(store), inputs: 4, outputs: 3)
        try store.requireGradients()
        let optimizer = try Optimizer(of: store)
        for _ in 0..<3 { try step(layer, optimizer) }
        var state = try optimizer.state().mapValues { try $0.stored() }
        for name in store.names { state["model.\(name)"] = try store[name]?.stored() }
        try SafetensorsWriter.write(state, metadata: [:], to: url)
        for _ in 0..<3 { try step(layer, optimizer) }

        let file = try SafetensorsFile(mapping: url)
        let resumedStore = ParameterStore(loading: file, prefix: "model.")
        let resumed = try Dense(Scope(resumedStore), inputs: 4, outputs: 3)
        try resumedStore.checkNothingLeft()
        try resumedStore.requireGradients()
        let second = try Optimizer(of: resumedStore, resuming: file)
        for _ in 0..<3 { try step(resumed, second) }
        #expect(try resumed.weight.values(as: Float.self) == layer.weight.values(as: Float.self))
    }

    @Test(
        "a state with impossible numbers of steps, or moments of other shapes, is an error that names the array"
    )
    func hostileState() throws {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "state-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        let store = ParameterStore(seed: 5)
        _ = try Dense(Scope(store), inputs: 4, outputs: 3)
        try store.requireGradients()
        let sound = try Optimizer(of: store).state().mapValues { try $0.stored() }
        let name = try #require(store.names.first { store[$0]?.shape == [3, 4] })
        let (step, moment) = ("optimizer.step.\(name)", "optimizer.first.\(name)")
        let none: [Float] = []
        let steps = [Float.nan, .infinity, -1, 1e30].map { (step, StoredTensor([$0], type: .f32, shape: [])) }
        let others = [
            (step, StoredTensor(none, type: .f32, shape: [0])),
            (step, StoredTensor([Int64(1)], type: .i64, shape: [])),
            (moment, StoredTensor([Float(1)], type: .f32, shape: [1])),
            (moment, StoredTensor([Int32](repeating: 1, count: 12), type: .i32, shape: [3, 4])),
            (moment, StoredTensor([Float](repeating: .nan, count: 12), type: .f32, shape: [3, 4])),
        ]
        for (key, array) in steps + others {
            var state = sound
            state[key] = array
            try SafetensorsWriter.write(state, metadata: [:], to: url)
            let file = try SafetensorsFile(mapping: url)
            let error = #expect(throws: (any Error).self) { try Optimizer(of: store, resuming: file) }
            #expect(error.map { "\($0)".contains(key) } == true, "\(key): \(error.map { "\($0)" } ?? "")")
        }
        try SafetensorsWriter.write(sound, metadata: [:], to: url)
        _ = try Optimizer(of: store, resuming: SafetensorsFile(mapping: url))
    }

    @Test("a moving average follows, and forgets its start early")
    func average() throws {
        let store = ParameterStore(seed: 1)
        let averaged = ParameterStore(seed: 2)
        let layer = try Dense(Scope(store), inputs: 3, outputs: 2)
        let mean = try Dense(Scope(averaged), inputs: 3, outputs: 2)
        let average = try MovingAverage(of: store, in: averaged, decay: 0.9)
        for step in 0..<200 { try average.update(step: step) }
        try expectClose(mean.weight, layer.weight, relative: 1e-3, absolute: 1e-4)
    }

    @Test("the rate warms up, peaks and falls to its floor")
    func rate() {
        let rate = LearningRate(peak: 1, warmUp: 10, floor: 0.1)
        #expect(abs(rate.rate(step: 0, progress: 0) - 0.1) < 1e-12)
        #expect(abs(rate.rate(step: 9, progress: 0) - 1) < 1e-12)
        #expect(abs(rate.rate(step: 500, progress: 0.5) - 0.55) < 1e-12)
        #expect(abs(rate.rate(step: 999, progress: 1) - 0.1) < 1e-12)
    }
}
