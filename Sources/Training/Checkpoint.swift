import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors

/// The files that a training leaves: a checkpoint to go on from, the one before it, the model for swapping, and
/// the model that swapped best.
///
/// A checkpoint is one file, written aside, synced and renamed; before that the old one gets a second name,
/// so that at every moment a whole checkpoint lies on the disk.
struct CheckpointFiles {
    let folder: URL

    var current: URL { folder.appending(path: "checkpoint.safetensors") }
    var previous: URL { folder.appending(path: "checkpoint.previous.safetensors") }
    var model: URL { folder.appending(path: "model.safetensors") }
    /// The model whose swaps were best.
    var best: URL { folder.appending(path: "best.safetensors") }

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

    /// - Parameters:
    ///   - average: the averaged network; nil where none is kept.
    ///   - further: arrays of others that a later run goes on with, such as the adversary's.
    func save(
        card: ModelCard, network: ParameterStore, average: ParameterStore?, optimizer: Optimizer,
        further: [String: Tensor] = [:]
    ) throws {
        var tensors = try optimizer.state()
        tensors.merge(network.named("model.")) { first, _ in first }
        if let average { tensors.merge(average.named("average.")) { first, _ in first } }
        tensors.merge(further) { first, _ in first }
        if FileManager.default.fileExists(atPath: current.path) {
            let link = previous.path + ".tmp"
            unlink(link)
            if Foundation.link(current.path, link) == 0 { rename(link, previous.path) }
        }
        try SafetensorsWriter.write(tensors, metadata: try ModelFile.metadata(card), to: current)
    }

    /// The file that swapping uses: the averaged parameters alone, or the parameters where none are averaged.
    ///
    /// - Parameter file: the model, or the best.
    func saveModel(card: ModelCard, average: ParameterStore, to file: URL) throws {
        try SafetensorsWriter.write(
            average.named("average."), metadata: try ModelFile.metadata(card), to: file)
    }

    /// The card of the best model so far; nil where none was kept that can be read.
    var bestCard: ModelCard? { try? ModelFile(best).card }

    /// Gives the best model the name of the one that swapping uses, in place of the last.
    func publishBest() throws {
        let link = model.path + ".tmp"
        unlink(link)
        guard Foundation.link(best.path, link) == 0, rename(link, model.path) == 0 else {
            throw TrainingError(
                .unwritable, "\(model.path) cannot be written; check the folder's permissions and the disk")
        }
    }
}

extension ParameterStore {
    /// The parameters by their names with a prefix.
    fileprivate func named(_ prefix: String) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: zip(names.map { prefix + $0 }, tensors))
    }
}
