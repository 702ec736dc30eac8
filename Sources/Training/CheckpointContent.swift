import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors

/// Everything of a training that a later run goes on with, in memory: written to a checkpoint, or taken back from one.
struct CheckpointContent {
    let card: ModelCard
    let network: ParameterStore
    /// The averaged network; nil where none is kept.
    let average: ParameterStore?
    let optimizer: Optimizer
    let auxiliaryLosses: AuxiliaryLosses

    /// Arrays by name. The tensors are those that are trained.
    func tensors() throws -> [String: Tensor] {
        var tensors = try optimizer.state()
        tensors.merge(network.named("model.")) { first, _ in first }
        if let average { tensors.merge(average.named("average.")) { first, _ in first } }
        tensors.merge(try auxiliaryLosses.state()) { first, _ in first }
        return tensors
    }

    func write(to url: URL) throws {
        try SafetensorsWriter.write(tensors(), metadata: try ModelFile.metadata(card), to: url)
    }

    /// Whether all numbers are numbers. Waits for the device once.
    func isSound() throws -> Bool {
        try withoutGradient {
            let sums = try tensors().values.map {
                try $0.sum().to(.float32, device: network.device).reshaped(1)
            }
            return try concatenated(sums, axis: 0).sum().item().isFinite
        }
    }

    /// Brings everything back to what a checkpoint holds; the card is the caller's.
    func restore(from file: ModelFile) throws {
        try network.restore(from: file.file, prefix: "model.")
        try average?.restore(from: file.file, prefix: file.holds("average") ? "average." : "model.")
        try optimizer.restore(from: file.file)
        try auxiliaryLosses.restore(from: file.file)
    }
}

extension ParameterStore {
    /// The parameters by their names with a prefix.
    func named(_ prefix: String) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: zip(names.map { prefix + $0 }, tensors))
    }
}
