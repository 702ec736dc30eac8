import Architectures
import NeuralNetworks
import Safetensors
import Tensors

/// A discriminator and its optimizer: computes the generator loss of the network's outputs and trains the
/// discriminator.
///
/// Generator and discriminator steps are separate: the generator loss sends gradients only to the network's
/// outputs and none to the discriminator's parameters; the discriminator step works on detached outputs. Only
/// the initial parameters are random; they derive from the seed.
package final class DiscriminatorTrainer {
    /// Maps a batch to the discriminator's logits, positive for faces classified as real.
    private let judge: (Tensor) throws -> [Tensor]
    private let settings: GANSettings
    private let store: ParameterStore
    private let optimizer: Optimizer
    private let distributed: DistributedBatch

    /// A discriminator of faces.
    ///
    /// - Parameters:
    ///   - side: side lengths of the faces in pixels.
    ///   - file: the checkpoint to resume from; training starts from scratch if it contains no discriminator.
    package static func ofFaces(
        side: Int, settings: GANSettings, seed: UInt64, resuming file: SafetensorsFile? = nil,
        device: Device
    ) throws -> DiscriminatorTrainer {
        try ofFaces(
            side: side, settings: settings, seed: seed, resuming: file, distributed: .alone, device: device)
    }

    /// - Parameter distributed: the processes that share batches with this one.
    static func ofFaces(
        side: Int, settings: GANSettings, seed: UInt64, resuming file: SafetensorsFile?,
        distributed: DistributedBatch, device: Device
    ) throws -> DiscriminatorTrainer {
        try DiscriminatorTrainer(
            "faces", settings, seed: seed, resuming: file, distributed: distributed, device: device
        ) { scope in
            let network = try PatchDiscriminator(
                scope, patch: settings.patch > 0 ? settings.patch : max(3, side / 8), side: side,
                channels: settings.channels)
            return { try network($0) }
        }
    }

    /// A discriminator of latent codes ("true face").
    ///
    /// - Parameter code: shape of one face's latent code.
    package static func ofCodes(
        shape code: [Int], settings: GANSettings, seed: UInt64, resuming file: SafetensorsFile? = nil,
        device: Device
    ) throws -> DiscriminatorTrainer {
        try ofCodes(
            shape: code, settings: settings, seed: seed, resuming: file, distributed: .alone, device: device)
    }

    /// - Parameter distributed: the processes that share batches with this one.
    static func ofCodes(
        shape code: [Int], settings: GANSettings, seed: UInt64, resuming file: SafetensorsFile?,
        distributed: DistributedBatch, device: Device
    ) throws -> DiscriminatorTrainer {
        try DiscriminatorTrainer(
            "codes", settings, seed: seed, resuming: file, distributed: distributed, device: device
        ) { scope in
            let network = try CodeDiscriminator(scope, code: code, channels: settings.channels)
            return { [try network($0)] }
        }
    }

    private init(
        _ name: String, _ settings: GANSettings, seed: UInt64, resuming file: SafetensorsFile?,
        distributed: DistributedBatch, device: Device, network: (Scope) throws -> (Tensor) throws -> [Tensor]
    ) throws {
        (self.settings, self.distributed) = (settings, distributed)
        let path = "adversary.\(name)"
        let kept = file?.names.filter { $0.hasPrefix("\(path).") } ?? []
        let earlier = kept.isEmpty ? nil : file
        store =
            earlier.map { ParameterStore(loading: $0, device: device) }
            ?? ParameterStore(seed: seed, device: device)
        do {
            judge = try network(Scope(store, path: path))
        } catch let error as TensorError where error.code == .mismatch && earlier != nil {
            throw Self.otherSizes(cause: error)
        }
        guard kept.isEmpty || kept.sorted() == store.names else { throw Self.otherSizes() }
        try store.requireGradients()
        optimizer = try Optimizer(
            OptimizerSettings(betas: settings.betas, decay: 0), of: store, seed: seed, resuming: earlier)
    }

    /// Generator loss. Gradients flow to `drawn` and leave none in the discriminator. To be differentiated
    /// before `learn` of the same step.
    package func generatorLoss(for drawn: Tensor) throws -> Tensor {
        try mean(store.withFrozenParameters { try judge(drawn) }) { try settings.loss.generator(drawn: $0) }
    }

    /// Makes one optimizer step of the discriminator. Returns the discriminator loss, still on the device.
    @discardableResult
    package func learn(true real: Tensor, drawn: Tensor) throws -> Tensor {
        let (truth, drawn) = (try judge(real.detached()), try judge(drawn.detached()))
        let losses = try zip(truth, drawn).map { try settings.loss.discriminator(true: $0, drawn: $1) }
        let loss = try mean(losses) { $0 }
        try distributed.backward(from: loss, to: optimizer.parameters, overlaps: true)
        try optimizer.step(rate: settings.rate, clip: 1)
        return try loss.detached()
    }

    /// State to save in a checkpoint: parameters with names that begin with `adversary.`, and their optimizer
    /// state.
    package func state() throws -> [String: Tensor] {
        var state = try optimizer.state()
        for name in store.names { state[name] = store[name] }
        return state
    }

    /// Restores parameters and optimizer state from a checkpoint; leaves them unchanged if it contains no
    /// discriminator.
    func restore(from file: SafetensorsFile) throws {
        guard store.names.allSatisfy(file.contains) else { return }
        try store.restore(from: file)
        try optimizer.restore(from: file)
    }

    private static func otherSizes(cause: (any Error)? = nil) -> TrainingError {
        TrainingError(
            .mismatch,
            "The adversary in this workspace's checkpoint has other sizes: set adversary.patch and adversary.channels "
                + "as they were when it began", cause: cause)
    }

    /// Mean of a loss over all logits.
    private func mean(_ verdicts: [Tensor], _ make: (Tensor) throws -> Tensor) throws -> Tensor {
        let terms = try verdicts.map { try make($0) * (1 / Double(verdicts.count)) }
        guard let first = terms.first else {
            throw TensorError(.invalidOperation, "a discriminator gave no verdict")
        }
        return try terms.dropFirst().reduce(first) { try $0 + $1 }
    }
}
