import Architectures
import NeuralNetworks
import Safetensors
import Tensors

/// Network outputs of a training step.
struct DrawnStep {
    /// Learned latent codes of all faces, and the codes as passed to the decoders.
    let learned: Tensor
    let code: LatentCode
    /// Reconstructed faces of each person, and the ground truth.
    let drawings: [Drawing]
    let truths: [TrueFaces]
    let rows: PeopleRows
}

/// Losses other than the reconstruction loss: the swap loss, and the discriminators of faces and of latent
/// codes.
///
/// Each is created only if the recipe gives it a weight.
struct AuxiliaryLosses {
    private let recipe: Recipe
    private let network: any SwapNetwork
    private let crossing: SwapLoss?
    private let faces: DiscriminatorTrainer?
    private let codes: DiscriminatorTrainer?

    /// - Parameters:
    ///   - source: faces of the source, for its mean identity embedding.
    ///   - file: the checkpoint to resume from.
    init(
        _ recipe: Recipe, network: any SwapNetwork, source: () throws -> Tensor,
        identity: (any IdentityEmbedder)?, seed: UInt64, resuming file: SafetensorsFile?,
        distributed: DistributedBatch,
        device: Device
    ) throws {
        (self.recipe, self.network) = (recipe, network)
        let form = network.form
        let look = try identity.flatMap { judge in
            recipe.loss.swapIdentity > 0 ? (judge, try judge.mean(of: source())) : nil
        }
        crossing =
            recipe.loss.judgesSwaps
            ? try SwapLoss(recipe.loss, resolution: form.outputSide, identity: look, device: device) : nil
        faces =
            recipe.adversary.weight > 0
            ? try .ofFaces(
                side: form.outputSide, settings: recipe.adversary, seed: seed, resuming: file,
                distributed: distributed,
                device: device)
            : nil
        guard recipe.trueFace > 0 else {
            codes = nil
            return
        }
        let code = try withoutGradient {
            let face = try Tensor(
                repeating: 0.5, shape: [1, 3, form.inputSide, form.inputSide], device: device)
            let rows = PeopleRows(of: Validator.source, among: form.people.count, count: 1)
            return try Array(network.encode(face, rows: rows).shape.dropFirst())
        }
        codes = try .ofCodes(
            shape: code, settings: recipe.adversary, seed: seed, resuming: file, distributed: distributed,
            device: device)
    }

    /// Whether an auxiliary loss needs every face at full resolution, at this point of the run.
    func lookAtFaces(_ progress: Double) -> Bool {
        crossing != nil || (faces != nil && takesPart(progress))
    }

    /// Whether an auxiliary loss needs every face at full resolution at any point of the run.
    var everLooksAtFaces: Bool { crossing != nil || faces != nil }

    /// Sum of the weighted auxiliary losses; `nil` if no auxiliary loss is enabled.
    func loss(for step: DrawnStep, progress: Double) throws -> Tensor? {
        var sum = WeightedSum()
        if let crossing {
            let code = try step.code.slice(step.rows.ranges[Validator.target])
            try sum.add(1) {
                try crossing(
                    network.draw(code, as: Validator.source, morph: 1), target: step.truths[Validator.target])
            }
        }
        if let faces, takesPart(progress) {
            try sum.add(recipe.adversary.weight) { try faces.generatorLoss(for: drawn(step)) }
        }
        if let codes {
            try sum.add(recipe.trueFace) { try codes.generatorLoss(for: codesOf(Validator.source, step)) }
        }
        return sum.total
    }

    /// Trains the discriminators on the step's outputs. To be called after the network's own optimizer step.
    func learn(from step: DrawnStep, progress: Double) throws {
        if let faces, takesPart(progress) {
            let truth = try concatenated(step.truths.map { try $0.faces * $0.mask }, axis: 0)
            try faces.learn(true: truth, drawn: drawn(step))
        }
        if let codes {
            try codes.learn(
                true: codesOf(Validator.target, step), drawn: codesOf(Validator.source, step))
        }
    }

    /// State that is saved in a checkpoint, by name.
    func state() throws -> [String: Tensor] {
        try [faces, codes].compactMap { try $0?.state() }.reduce(into: [:]) { all, state in
            all.merge(state) { first, _ in first }
        }
    }

    /// Restores the discriminators from a checkpoint.
    func restore(from file: SafetensorsFile) throws {
        for adversary in [faces, codes] { try adversary?.restore(from: file) }
    }

    private func takesPart(_ progress: Double) -> Bool { progress >= recipe.adversary.start }

    /// Reconstructed faces of all people inside their masks: the background does not enter the discriminator
    /// loss.
    private func drawn(_ step: DrawnStep) throws -> Tensor {
        try concatenated(zip(step.drawings, step.truths).map { try $0.colours * $1.mask }, axis: 0)
    }

    private func codesOf(_ person: Int, _ step: DrawnStep) throws -> Tensor {
        try step.learned.slice(step.rows.ranges[person], axis: 0)
    }
}

extension PersonFaces {
    /// Faces for the mean identity embedding, evenly spaced over the training faces. Shapes: → `[N, 3, R,
    /// R]`.
    func lookingAround() throws -> Tensor { try batch(Validator.spread(training, count: 64)).faces }
}
