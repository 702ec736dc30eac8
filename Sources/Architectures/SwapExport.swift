import Foundation
import NeuralNetworks
import Safetensors
import Tensors

/// Exports a trained model for other programs.
package final class SwapExport {
    package let card: ModelCard
    private let model: ModelFile
    private let network: any SwapNetwork
    // Retained because the network's parameters belong to it.
    private let store: ParameterStore
    private let device: Device

    package init(_ url: URL, device: Device) throws {
        model = try ModelFile(url)
        card = model.card
        (network, store) = try model.drawingNetwork(device: device)
        self.device = device
    }

    /// Writes the averaged parameters and the card to one safetensors file, which `ModelFile` reads.
    ///
    /// - Parameter metadata: further texts for the file's header.
    package func writeModel(to url: URL, metadata: [String: String]) throws {
        let tensors = Dictionary(
            uniqueKeysWithValues: zip(store.names.map { "average." + $0 }, store.tensors))
        let own = try ModelFile.metadata(card)
        try SafetensorsWriter.write(tensors, metadata: metadata.merging(own) { _, own in own }, to: url)
    }

    /// Writes the network for one output person as TorchScript.
    ///
    /// The module's `forward` takes `faces` `[N, 3, R, R]` in 0…1, crops according to the card, and, if the
    /// network uses measures, `measures` `[N, M]` as passed by `SwapModel`. It returns colours `[N, 3, R, R]`
    /// in 0…1 and the mask `[N, 1, R, R]` in 0…1, which is 1 if the network predicts none.
    ///
    /// - Parameters:
    ///   - person: the output person.
    ///   - other: the input person.
    /// - Returns: the maximum difference between the module's output and this program's, on random faces,
    ///   with a larger batch than the one traced.
    @discardableResult
    package func writeScript(to url: URL, as person: Int, from other: Int) throws -> Double {
        try withoutGradient {
            let network = network
            let shift = try shift(from: other, to: person)
            try TorchScript.write(examples(2), to: url) { inputs in
                try Self.swap(inputs, network, shift, as: person, from: other)
            }
            let inputs = try examples(3).map(\.tensor)
            let wanted = try Self.swap(inputs, network, shift, as: person, from: other)
            let given = try TorchScript.run(url, inputs, device: device)
            return try zip(given, wanted).map { given, wanted in
                guard given.shape == wanted.shape else { return Double.infinity }
                let values = try (given - wanted).absolute().to(device: .cpu).values(as: Float.self)
                return Double(values.max() ?? 0)
            }.max() ?? .infinity
        }
    }

    /// Reference output of a person's script for random inputs.
    package func drawing(_ inputs: [Tensor], as person: Int, from other: Int) throws -> [Tensor] {
        try withoutGradient {
            try Self.swap(inputs, network, shift(from: other, to: person), as: person, from: other)
        }
    }

    /// Created before tracing: a tensor created during a trace is recorded as an operation, not as a
    /// constant.
    private func shift(from other: Int, to person: Int) throws -> Tensor? {
        try card.codeShift(from: other, to: person).map {
            try Tensor($0, shape: [1, $0.count], device: device)
        }
    }

    private static func swap(
        _ inputs: [Tensor], _ network: any SwapNetwork, _ shift: Tensor?, as person: Int, from other: Int
    ) throws -> [Tensor] {
        let faces = inputs[0]
        let rows = PeopleRows(of: other, among: network.form.people.count, count: faces.shape[0])
        var learned = try network.encode(network.encoderInput(faces), rows: rows)
        if let shift { learned = try learned + shift }
        let code = LatentCode(learned: learned, measured: inputs.count > 1 ? inputs[1] : nil)
        let drawn = try network.draw(code, as: person, morph: 1)
        let mask = try drawn.mask.map { try sigmoid($0) } ?? faces.slice(0..<1, axis: 1) * 0 + 1
        return [try drawn.colours.clamped(0...1), mask]
    }

    /// Inputs: random faces, and measures if the network uses them.
    package func examples(_ count: Int) throws -> [(name: String, tensor: Tensor)] {
        var numbers = RandomNumbers(seed: 1, stream: UInt64(count))
        func random(_ shape: [Int], _ draw: () -> Double) throws -> Tensor {
            try Tensor((0..<shape.reduce(1, *)).map { _ in Float(draw()) }, shape: shape, device: device)
        }
        let side = network.form.outputSide
        let faces = try random([count, 3, side, side]) { numbers.uniform() }
        var inputs: [(name: String, tensor: Tensor)] = [("faces", faces)]
        if network.form.takesMeasures {
            inputs.append(("measures", try random([count, card.measures.count + 1]) { numbers.normal() }))
        }
        return inputs
    }
}
