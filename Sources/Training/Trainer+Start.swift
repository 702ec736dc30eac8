import Architectures
import NeuralNetworks
import Tensors

extension Trainer.Options {
    /// A new network: fresh, or begun from another model's.
    ///
    /// - Throws: `TrainingError` (`mismatch`) where the other model is built differently.
    func newNetwork(
        _ build: (Scope) throws -> any SwapNetwork
    ) throws -> (network: any SwapNetwork, store: ParameterStore) {
        guard let startingFrom else {
            guard fresh.isEmpty else {
                throw TrainingError(
                    .mismatch, "Parts can only be made fresh where a model is started from; name that, too")
            }
            let store = ParameterStore(seed: seed, device: device)
            return (try build(Scope(store)), store)
        }
        let model = try ModelFile(startingFrom)
        let store = ParameterStore(
            seed: seed, takingFrom: model.file, prefix: model.holds("average") ? "average." : "model.",
            fresh: fresh, device: device)
        let network: any SwapNetwork
        do {
            network = try build(Scope(store))
        } catch let error as TensorError where error.code == .mismatch {
            throw TrainingError(
                .mismatch,
                "\(architecture) cannot start from \(startingFrom.path), which is \(model.card.architecture): choose "
                    + "the same network with the same sizes, or have the part that differs made fresh",
                cause: error)
        }
        for place in fresh where !store.names.contains(where: { ParameterStore.lies($0, below: place) }) {
            throw TrainingError(
                .mismatch, "\(architecture) has no part '\(place)' to be made fresh: \(store.places)")
        }
        guard store.taken > 0 else {
            throw TrainingError(
                .mismatch,
                "\(architecture) shares no part with \(startingFrom.path), which is \(model.card.architecture): "
                    + "choose the same network")
        }
        return (network, store)
    }
}
