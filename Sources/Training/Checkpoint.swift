import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors

/// The files that a training leaves: a checkpoint to go on from, the one before it, and the model for
/// swapping.
///
/// A checkpoint is one file, written aside, synced and renamed; before that the old one gets a second name,
/// so that at every moment a whole checkpoint lies on the disk.
struct CheckpointFiles {
    let folder: URL

    var current: URL { folder.appending(path: "checkpoint.safetensors") }
    var previous: URL { folder.appending(path: "checkpoint.previous.safetensors") }
    var model: URL { folder.appending(path: "model.safetensors") }

    /// The newest checkpoint that can be read; nil when there is none. A damaged one is passed over if the
    /// one before it is whole, and named otherwise.
    func newest() throws -> ModelFile? {
        let present = [current, previous].filter { FileManager.default.fileExists(atPath: $0.path) }
        var damage: (any Error)?
        for url in present {
            do {
                return try ModelFile(url)
            } catch {
                damage = damage ?? error
            }
        }
        if let damage { throw damage }
        return nil
    }

    /// - Parameter further: arrays of others that a later run goes on with, such as the adversary's.
    func save(
        card: ModelCard, network: ParameterStore, average: ParameterStore, optimizer: any Optimizer,
        further: [String: Tensor] = [:]
    ) throws {
        let averaged = try stored(average, prefix: "average.")
        var all = averaged.merging(try stored(network, prefix: "model.")) { first, _ in first }
        for state in [try optimizer.state(), further] {
            for (name, tensor) in state { all[name] = try tensor.stored() }
        }
        if FileManager.default.fileExists(atPath: current.path) {
            let link = previous.path + ".tmp"
            unlink(link)
            if Foundation.link(current.path, link) == 0 { rename(link, previous.path) }
        }
        try SafetensorsWriter.write(all, metadata: try ModelFile.metadata(card), to: current)
    }

    /// The file that swapping uses: the averaged parameters alone.
    func saveModel(card: ModelCard, average: ParameterStore) throws {
        try SafetensorsWriter.write(
            try stored(average, prefix: "average."), metadata: try ModelFile.metadata(card), to: model)
    }

    private func stored(_ store: ParameterStore, prefix: String) throws -> [String: StoredTensor] {
        var tensors: [String: StoredTensor] = [:]
        for name in store.names { tensors[prefix + name] = try store[name]?.stored() }
        return tensors
    }
}
