import Safetensors
import Tensors

/// Optimizer: updates parameters from their gradients and keeps the state of each.
///
/// Tensors in a file: `optimizer.KIND.NAME` for each kind of moment and `optimizer.step.NAME`. If one of them
/// is missing for a parameter, its state is initialized to zero: it was frozen, or updated by another
/// optimizer.
package final class Optimizer {
    private let settings: OptimizerSettings
    private let seed: UInt64
    private let names: [String]
    /// The trainable parameters, ordered by name.
    package let parameters: [Tensor]
    private let moments: [[Tensor]]
    /// Step count of each parameter; a parameter without a gradient is not counted.
    private var steps: [Int64]

    /// Creates an optimizer with zero state, or with the state in `file`.
    ///
    /// - Parameters:
    ///   - store: parameters to optimize, except frozen ones.
    ///   - seed: random seed of dropped updates.
    /// - Throws: `TensorError` (`mismatch`) if a setting is invalid.
    package init(
        _ settings: OptimizerSettings = OptimizerSettings(), of store: ParameterStore, seed: UInt64 = 0,
        resuming file: SafetensorsFile? = nil
    ) throws {
        if let complaint = settings.complaint {
            throw TensorError(.mismatch, "The optimizer's setting \(complaint)")
        }
        (self.settings, self.seed) = (settings, seed)
        (names, parameters) = (store.trainedNames, store.trainedTensors)
        steps = [Int64](repeating: 0, count: parameters.count)
        // Multiplying by zero keeps the parameter's memory layout, which fused steps require.
        moments = try settings.kind.moments.map { _ in
            try store.trainedTensors.map { try $0.detached() * 0 }
        }
        if let file { try restore(from: file) }
    }

    /// Restores the state from `file`; missing state is set to zero.
    package func restore(from file: SafetensorsFile) throws {
        let kinds = settings.kind.moments
        for (index, name) in names.enumerated() {
            let keys = (kinds + ["step"]).map { Self.key($0, name) }
            let isKnown = keys.allSatisfy(file.contains)
            for (moments, key) in zip(moments, keys) {
                let moment = moments[index]
                try moment.assign(
                    isKnown
                        ? Self.moment(key, shape: moment.shape, in: file, device: moment.device)
                        : Tensor(repeating: 0, shape: moment.shape, device: moment.device))
            }
            steps[index] = isKnown ? try Self.steps(keys[kinds.count], in: file) : 0
        }
    }

    private static func moment(
        _ key: String, shape: [Int], in file: SafetensorsFile, device: Device
    ) throws -> Tensor {
        let entry = try file.entry(key)
        guard entry.shape == shape, entry.type.isFloating else {
            throw TensorError(
                .mismatch,
                "'\(key)' in \(file.url.path) is \(entry.type.rawValue) \(entry.shape), not a floating-point array \(shape)"
            )
        }
        try file.requireNumbers(key)
        return try Tensor(key, in: file, device: device)
    }

    private static func steps(_ key: String, in file: SafetensorsFile) throws -> Int64 {
        let steps = try file.values(key, as: Float.self)
        guard steps.count == 1, (0...1e15).contains(steps[0]) else {
            throw TensorError(.mismatch, "'\(key)' in \(file.url.path) is no number of steps")
        }
        return Int64(steps[0])
    }

    /// Applies the gradients and clears them. Does not synchronise with the device.
    ///
    /// - Parameters:
    ///   - rate: the learning rate of this step.
    ///   - clip: maximum norm of all gradients together; 0 or less disables clipping.
    /// - Returns: the gradient norm before clipping, still on the device; `nil` without clipping.
    @discardableResult
    package func step(rate: Double, clip: Double) throws -> Tensor? {
        let norm = clip > 0 ? try ParameterUpdates.clipGradients(parameters, to: clip) : nil
        try ParameterUpdates.step(parameters, moments: moments, steps: &steps, update(rate))
        return norm
    }

    /// Runs the backward pass and updates each parameter as soon as its gradient is complete, without
    /// clipping. The results equal those of `backward` and `step`, but all gradients are never in memory at
    /// once, and large ones need not be loaded from memory a second time.
    ///
    /// - Parameter loss: one element; its graph must not use a parameter inside `recomputed`.
    package func step(along loss: Tensor, rate: Double) throws {
        try ParameterUpdates.step(parameters, moments: moments, steps: &steps, update(rate), along: loss)
    }

    /// Clears all gradients without an update.
    package func clearGradients() throws { try ParameterUpdates.clearGradients(parameters) }

    /// State that is saved in a checkpoint, by tensor name. The tensors are the optimizer's own.
    package func state() throws -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (index, name) in names.enumerated() {
            for (kind, moments) in zip(settings.kind.moments, moments) {
                state[Self.key(kind, name)] = moments[index]
            }
            state[Self.key("step", name)] = try Tensor([Float(steps[index])], shape: [])
        }
        return state
    }

    private func update(_ rate: Double) -> ParameterUpdates.Update {
        ParameterUpdates.Update(
            settings.kind.rule, rate: rate, betas: (settings.betas[0], settings.betas[1]),
            decay: settings.kind == .adam ? 0 : settings.decay, epsilon: settings.epsilon,
            dropped: settings.dropout, seeds: settings.dropout > 0 ? seeds : [])
    }

    /// Random numbers of the next step, from the run's seed, the parameter's name and its step count.
    private var seeds: [UInt64] {
        names.indices.map { index in
            var numbers = RandomNumbers(
                seed: seed, stream: RandomNumbers.hash(names[index]) &+ UInt64(steps[index]))
            return UInt64(numbers.bits()) << 32 | UInt64(numbers.bits())
        }
    }

    private static func key(_ kind: String, _ name: String) -> String { "optimizer.\(kind).\(name)" }
}
