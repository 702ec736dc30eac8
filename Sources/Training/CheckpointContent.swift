import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors

/// Training state in memory: everything that is written to a checkpoint and restored when training resumes.
struct CheckpointContent {
    let card: ModelCard
    let network: ParameterStore
    /// The averaged network (EMA); `nil` if averaging is off.
    let average: ParameterStore?
    let optimizer: Optimizer
    let auxiliaryLosses: AuxiliaryLosses

    /// Tensors by name. The parameters are the trained tensors themselves, not copies.
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

    /// Whether all values are finite. Waits for the device once.
    func isSound() throws -> Bool {
        try withoutGradient {
            let sums = try tensors().values.map {
                try $0.sum().to(.float32, device: network.device).reshaped(1)
            }
            return try concatenated(sums, axis: 0).sum().item().isFinite
        }
    }

    /// Restores all state from a checkpoint, except the model card, which the caller restores.
    func restore(from file: ModelFile) throws {
        try network.restore(from: file.file, prefix: "model.")
        try average?.restore(from: file.file, prefix: file.holds("average") ? "average." : "model.")
        try optimizer.restore(from: file.file)
        try auxiliaryLosses.restore(from: file.file)
    }
}

extension ParameterStore {
    /// Parameters by name, with a prefix.
    func named(_ prefix: String) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: zip(names.map { prefix + $0 }, tensors))
    }
}
