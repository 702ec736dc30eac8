import Safetensors
import Tensors

/// Moves parameters against their gradients, and remembers the moments of each.
///
/// Arrays in a file: `optimizer.KIND.NAME` for each kind of moment and `optimizer.step.NAME`. A parameter of
/// which one is missing begins at rest: it was frozen, or another optimizer moved it.
package final class Optimizer {
    private let settings: OptimizerSettings
    private let seed: UInt64
    private let names: [String]
    /// What is moved, in the order of the names.
    package let parameters: [Tensor]
    private let moments: [[Tensor]]
    /// Steps of each parameter; one without a gradient makes none.
    private var steps: [Int64]

    /// An optimizer at rest, or as `file` left it.
    ///
    /// - Parameters:
    ///   - store: its parameters that are not frozen are moved.
    ///   - seed: of the updates that are dropped.
    /// - Throws: `TensorError` (`mismatch`) that says what is wrong with the settings.
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
        // Multiplying by zero keeps the memory layout of the parameter, which fused steps want.
        moments = try settings.kind.moments.map { _ in
            try store.trainedTensors.map { try $0.detached() * 0 }
        }
        if let file { try restore(from: file) }
    }

    /// Takes everything back to what `file` holds; a parameter of which it lacks something is at rest.
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

    /// Applies the gradients and clears them. Nothing in it waits for the device.
    ///
    /// - Parameters:
    ///   - rate: the learning rate of this step.
    ///   - clip: the greatest joint length of all gradients; they are not clipped where it is 0 or less.
    /// - Returns: the gradients' joint length before clipping, still on the device; nil without clipping.
    @discardableResult
    package func step(rate: Double, clip: Double) throws -> Tensor? {
        let norm = clip > 0 ? try ParameterUpdates.clipGradients(parameters, to: clip) : nil
        try ParameterUpdates.step(parameters, moments: moments, steps: &steps, update(rate))
        return norm
    }

    /// Goes the way back from a loss and moves each parameter as soon as its gradient is whole, without clipping: the
    /// same numbers as by `backward` and `step`, in less memory by all gradients, and in less time where these would have
    /// to be fetched from memory once more.
    ///
    /// - Parameter loss: of one element; no parameter may lie inside `recomputed` on the way to it.
    package func step(along loss: Tensor, rate: Double) throws {
        try ParameterUpdates.step(parameters, moments: moments, steps: &steps, update(rate), along: loss)
    }

    /// Takes all gradients away and moves nothing.
    package func clearGradients() throws { try ParameterUpdates.clearGradients(parameters) }

    /// What a later run needs to go on, by the name of its array in a file. The tensors are the optimizer's own.
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

    /// Random numbers of the coming step, from the run's seed, the parameter's name and its steps.
    private var seeds: [UInt64] {
        names.indices.map { index in
            var numbers = RandomNumbers(
                seed: seed, stream: RandomNumbers.hash(names[index]) &+ UInt64(steps[index]))
            return UInt64(numbers.bits()) << 32 | UInt64(numbers.bits())
        }
    }

    private static func key(_ kind: String, _ name: String) -> String { "optimizer.\(kind).\(name)" }
}
