import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

/// Discriminators against PyTorch (Tests/References/make-discriminator-references.py).
@Suite("Discriminators")
struct DiscriminatorTests {
    private func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/discriminators", withExtension: "safetensors")))
    }

    private func expectClose(
        _ a: Tensor, _ name: String, in file: SafetensorsFile,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let b = try Tensor("out.\(name)", in: file)
        #expect(a.shape == b.shape, sourceLocation: sourceLocation)
        let pairs = zip(try a.contiguous().values(as: Float.self), try b.values(as: Float.self))
        let worst = pairs.map { abs($0 - $1) / (1e-4 * abs($1) + 1e-5) }.max() ?? .infinity
        #expect(worst <= 1, "\(worst) times the tolerance", sourceLocation: sourceLocation)
    }

    @Test("of faces judge patches and pixels as in PyTorch")
    func faces() throws {
        let file = try golden()
        let store = ParameterStore(loading: file, prefix: "faces.")
        let network = try PatchDiscriminator(Scope(store), patch: 17, side: 12, channels: 3)
        try store.checkNothingLeft()
        #expect(network.field.halvings == 2 && network.field.deepLayers == 1)
        let verdicts = try network(Tensor("in.faces", in: file))
        try expectClose(verdicts[0], "patches", in: file)
        try expectClose(verdicts[1], "pixels", in: file)
        #expect(try file.values("out.field", as: Float.self) == [17, 17])
        #expect(network.field.size == 17)
    }

    @Test("of codes take lists and maps as in PyTorch, and nothing else")
    func codes() throws {
        let file = try golden()
        for (name, input, shape) in [("list", "row", [5]), ("map", "map", [4, 6, 6])] {
            let store = ParameterStore(loading: file, prefix: "\(name).")
            let network = try CodeDiscriminator(Scope(store), code: shape, channels: 2)
            try store.checkNothingLeft()
            try expectClose(network(Tensor("in.\(input)", in: file)), name, in: file)
        }
        #expect(throws: TensorError.self) {
            try CodeDiscriminator(Scope(ParameterStore(seed: 1)), code: [2, 3], channels: 2)
        }
    }

    @Test("strive for what PyTorch's cross entropy and squares say", arguments: AdversarialLoss.allCases)
    func losses(_ loss: AdversarialLoss) throws {
        let file = try golden()
        let (real, drawn) = (try Tensor("in.true", in: file), try Tensor("in.drawn", in: file))
        try expectClose(
            loss.discriminator(true: real, drawn: drawn), "\(loss.rawValue) discriminator", in: file)
        try expectClose(loss.generator(drawn: drawn), "\(loss.rawValue) generator", in: file)
        // No overflow where the discriminator is very sure.
        let sure = try Tensor([-1e4, 1e4] as [Float], shape: [2])
        #expect(try loss.generator(drawn: sure).item().isFinite)
    }

    @Test("see patches of about the size that is asked for")
    func fields() {
        for (side, patch) in [(96, 12), (128, 16), (160, 20), (192, 24), (256, 32), (320, 40)] {
            let field = PatchField(patch: patch, side: side)
            #expect(abs(field.size - patch) <= patch / 5, "\(patch) px: \(field)")
        }
        #expect(PatchField(patch: 16, side: 128) == PatchField(patch: 17, side: 128))
        #expect(PatchField(patch: 5, side: 33).halvings == 0)
    }

    @Test("move every parameter in a step")
    func everyParameterMoves() throws {
        let store = ParameterStore(seed: 2)
        let faces = try PatchDiscriminator(Scope(store) / "faces", patch: 13, side: 32, channels: 4)
        let codes = try CodeDiscriminator(Scope(store) / "codes", code: [6], channels: 4)
        let maps = try CodeDiscriminator(Scope(store) / "maps", code: [3, 4, 4], channels: 4)
        try store.requireGradients()
        let optimizer = try Optimizer(of: store)
        let before = try store.tensors.map { try $0.contiguous().values(as: Float.self) }
        var numbers = RandomNumbers(seed: 3, stream: 0)
        func random(_ shape: [Int]) throws -> Tensor {
            try Tensor((0..<shape.reduce(1, *)).map { _ in Float(numbers.uniform()) }, shape: shape)
        }
        let verdicts =
            try faces(random([2, 3, 32, 32])) + [codes(random([2, 6])), maps(random([2, 3, 4, 4]))]
        let losses = try verdicts.map { try AdversarialLoss.logistic.generator(drawn: $0) }
        try losses.dropFirst().reduce(losses[0]) { try $0 + $1 }.backward()
        try optimizer.step(rate: 1e-2, clip: 1)
        let after = try store.tensors.map { try $0.contiguous().values(as: Float.self) }
        for (name, pair) in zip(store.names, zip(before, after)) {
            #expect(pair.0 != pair.1, "\(name) has not moved")
        }
    }

    @Test(
        "of the two losses have the slopes that finite differences show", arguments: AdversarialLoss.allCases)
    func slopes(_ loss: AdversarialLoss) throws {
        let values = [-2.5, -0.3, 0.2, 1.7]
        let logits = try Tensor(values, shape: [4])
        try logits.requireGradient()
        let total = { (x: Tensor) in
            try loss.generator(drawn: x) + loss.discriminator(true: x, drawn: x * 0.5)
        }
        try total(logits).backward()
        let slopes = try #require(try logits.gradient()).values(as: Double.self)
        for index in values.indices {
            func shifted(_ offset: Double) throws -> Double {
                var moved = values
                moved[index] += offset
                return try total(Tensor(moved, shape: [4])).item()
            }
            let numeric = try (shifted(1e-5) - shifted(-1e-5)) / 2e-5
            #expect(abs(numeric - slopes[index]) < 1e-8)
        }
    }
}
