import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

@Suite("Layers")
struct LayerTests {
    /// The derivative of a weighted sum of the output by finite differences, against the engine's, in
    /// float64.
    private func expectGradient(
        of parameter: Tensor, _ output: () throws -> Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try parameter.requireGradient()
        func loss() throws -> Tensor { try output().squared().sum() }
        try loss().backward()
        let analytic = try #require(try parameter.gradient()).values(as: Double.self)
        let values = try parameter.values(as: Double.self)
        let step = 1e-5
        for index in stride(from: 0, to: values.count, by: max(1, values.count / 12)) {
            func shifted(_ offset: Double) throws -> Double {
                var moved = values
                moved[index] += offset
                try parameter.assign(Tensor(moved, shape: parameter.shape))
                return try withoutGradient { try loss().item() }
            }
            let numeric = try (shifted(step) - shifted(-step)) / (2 * step)
            #expect(
                abs(numeric - analytic[index]) <= 1e-6 * max(1, abs(numeric)), sourceLocation: sourceLocation)
        }
        try parameter.assign(Tensor(values, shape: parameter.shape))
    }

    private func random(_ shape: [Int], _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 9, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in numbers.normal() * 0.5 }, shape: shape)
    }

    @Test("have the gradients that finite differences show")
    func gradients() throws {
        let x = try random([2, 4, 6, 6], "x")
        let weight = try random([6, 4, 3, 3], "w")
        let bias = try random([6], "b")
        for parameter in [x, weight, bias] {
            try expectGradient(of: parameter) {
                try silu(conv2d(x, weight: weight, bias: bias, stride: 2, padding: 1)).pixelShuffled(1)
            }
        }
        let grid = try affineGrid(random([2, 2, 3], "theta"), height: 3, width: 5).detached()
        let picture = try random([2, 2, 5, 5], "picture")
        try expectGradient(of: picture) { try gridSample(picture, grid: grid, outside: .nearestEdge) }
        let inPlace = try random([2, 8], "in place")
        try expectGradient(of: inPlace) { try leakyReLU(consuming: inPlace * 2, slope: 0.1) }
        let wave = try random([2, 8], "wave")
        try expectGradient(of: wave) { try wave * wave.cosine() }
        let dense = try random([3, 8], "dense")
        let row = try random([2, 8], "row")
        try expectGradient(of: dense) { try leakyReLU(linear(row, weight: dense, bias: nil), slope: 0.1) }
    }

    @Test("get the same first values whatever the order in which they are made")
    func order() throws {
        let one = ParameterStore(seed: 3)
        let a = try Convolution(Scope(one) / "a", inputs: 3, outputs: 4, kernel: 3)
        _ = try Convolution(Scope(one) / "b", inputs: 3, outputs: 4, kernel: 3)
        let two = ParameterStore(seed: 3)
        _ = try Convolution(Scope(two) / "b", inputs: 3, outputs: 4, kernel: 3)
        let again = try Convolution(Scope(two) / "a", inputs: 3, outputs: 4, kernel: 3)
        #expect(try a.weight.values(as: Float.self) == again.weight.values(as: Float.self))
        #expect(one.names == ["a.bias", "a.weight", "b.bias", "b.weight"])
        #expect(one.count == 2 * (4 * 3 * 9 + 4))
    }

    @Test("refuse files with missing, superfluous or mis-shaped parameters, by name")
    func strict() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dimorph-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ tensors: [String: StoredTensor]) throws -> SafetensorsFile {
            let url = folder.appending(path: "\(UUID().uuidString).safetensors")
            try SafetensorsWriter.write(tensors, metadata: [:], to: url)
            return try SafetensorsFile(mapping: url)
        }
        let weight = StoredTensor([Float](repeating: 1, count: 6), type: .f32, shape: [2, 3])
        let bias = StoredTensor([1, 2] as [Float], type: .f32, shape: [2])

        func load(_ tensors: [String: StoredTensor]) throws {
            let store = ParameterStore(loading: try file(tensors))
            _ = try Dense(Scope(store) / "d", inputs: 3, outputs: 2)
            try store.checkNothingLeft()
        }
        try load(["d.weight": weight, "d.bias": bias])
        for (tensors, name) in [
            (["d.weight": weight], "d.bias"),
            (["d.weight": weight, "d.bias": bias, "e.bias": bias], "e.bias"),
            (["d.weight": bias, "d.bias": bias], "d.weight"),
        ] {
            let error = #expect(throws: TensorError.self) { try load(tensors) }
            #expect(error?.message.contains(name) == true)
        }
    }

    @Test("fill pixel-shuffled channels alike, so that the first picture has no checkerboard")
    func shuffled() throws {
        let store = ParameterStore(seed: 4)
        let layer = try Convolution(
            Scope(store), inputs: 5, outputs: 12, kernel: 3, initial: .shuffled(factor: 2, gain: 1))
        let picture = try layer(Tensor(repeating: 1, shape: [1, 5, 4, 4])).pixelShuffled(2)
        let even = try picture.slice(0..<8, axis: 3, step: 2).values(as: Float.self)
        #expect(try even == picture.slice(1..<8, axis: 3, step: 2).values(as: Float.self))
        #expect(Set(even).count > 3)
    }
}
