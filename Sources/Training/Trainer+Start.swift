import Architectures
import Faces
import NeuralNetworks
import Tensors

extension Trainer.Options {
    /// Creates a new network: with random parameters, or initialized from another model.
    ///
    /// - Throws: `TrainingError` (`mismatch`) if the other model's architecture differs.
    func newNetwork(
        of people: [String], _ build: (Scope) throws -> any SwapNetwork
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
            fresh: fresh, named: model.card.sourceParameterName(for: people), device: device)
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

extension ModelCard {
    /// Maps a parameter name of another model to this model's: if its people share a decoder, that decoder
    /// initializes the decoders of all people, except for their mean faces.
    ///
    /// - Parameter names: people of the other model.
    fileprivate func sourceParameterName(for names: [String]) -> @Sendable (String) -> String {
        guard case .hybrid(let settings) = design, settings.sharesDecoder == true, let first = people.first
        else { return { $0 } }
        let own = "decoders.\(first.name)."
        // A name may contain dots, and may be a prefix of another.
        let places = names.map { "decoders.\($0)." }.sorted { $0.count > $1.count }
        return { parameter in
            guard let place = places.first(where: parameter.hasPrefix) else { return parameter }
            let rest = parameter.dropFirst(place.count)
            // A name that does not occur in any file: people of the same name are not the same people.
            return rest == "mean" ? parameter + " of a new person" : own + rest
        }
    }
}

extension Trainer {
    /// Initial decoder weights of all people, for networks that support it.
    static func starts(
        of people: [PersonFaces], for design: NetworkDesign
    ) throws -> [String: DecoderInitialization] {
        guard let channels = design.startingPatches else { return [:] }
        if case .hybrid(let settings) = design, settings.sharesDecoder == true {
            let starts = try PatchBasis.starts(ofPeopleSharing: people, channels: channels.head)
            return Dictionary(zip(people.map(\.card.name), starts)) { first, _ in first }
        }
        return try Dictionary(
            people.map { ($0.card.name, try $0.decoderStart(channels: channels)) }
        ) { first, _ in first }
    }

    /// Rejects a checkpoint that was trained on other people or other faces.
    static func check(_ card: ModelCard, fits people: [ModelCard.Person]) throws {
        guard FaceMeasures.supports(card.measures), card.people.areAlmost(people) else {
            throw TrainingError(
                .mismatch,
                "The model in this workspace was trained on other faces (\(card.people.map(\.name).joined(separator: ", "))): "
                    + "use another --workspace, or remove its model folder to start again")
        }
    }
}

extension ModelCard.Person {
    /// Whether both are the same person with the same faces. Measures computed in another order may differ in
    /// the last bits.
    fileprivate func isAlmost(_ other: ModelCard.Person) -> Bool {
        func isNear(_ a: [Float], _ b: [Float]) -> Bool {
            a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($0)) }
        }
        return name == other.name && isNear(offset, other.offset) && isNear(gain ?? [], other.gain ?? [])
            && isNear(lowest, other.lowest) && isNear(highest, other.highest)
    }
}

extension [ModelCard.Person] {
    /// Whether both are the same people with the same faces.
    func areAlmost(_ others: [ModelCard.Person]) -> Bool {
        count == others.count && zip(self, others).allSatisfy { $0.isAlmost($1) }
    }
}
