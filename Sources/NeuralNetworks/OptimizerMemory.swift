import Safetensors
import Tensors

/// What an optimizer remembers of each parameter, and the parts of a step that all optimizers share.
///
/// Arrays in a file: `optimizer.KIND.NAME` for each kind of moment and `optimizer.step.NAME`. A parameter of
/// which one is missing begins at rest: it was frozen, or another optimizer moved it.
struct OptimizerMemory {
    let parameters: [Tensor]
    private let names: [String]
    private let kinds: [String]
    private let moments: [[Tensor]]
    /// Steps of each parameter; one without a gradient makes none.
    private var steps: [Int64]
    private let settings: OptimizerSettings
    private let seed: UInt64

    /// - Parameter kinds: names of the moments, such as `first`.
    init(
        _ store: ParameterStore, kinds: [String], settings: OptimizerSettings, seed: UInt64,
        resuming file: SafetensorsFile?
    ) throws {
        (names, parameters) = (store.trainedNames, store.trainedTensors)
        (self.kinds, self.settings, self.seed) = (kinds, settings, seed)
        steps = [Int64](repeating: 0, count: parameters.count)
        // Multiplying by zero keeps the memory layout of the parameter, which fused steps want.
        let (names, parameters) = (names, parameters)
        moments = try kinds.map { _ in try parameters.map { try $0.detached() * 0 } }
        guard let file else { return }
        for (index, name) in names.enumerated() {
            let keys = (kinds + ["step"]).map { Self.key($0, name) }
            guard keys.allSatisfy(file.contains) else { continue }
            for (kind, key) in zip(kinds.indices, keys) {
                try moments[kind][index].assign(Tensor(key, in: file, device: store.device))
            }
            steps[index] = Int64(try file.values(Self.key("step", name), as: Float.self).first ?? 0)
        }
    }

    /// Clips, lets the rule move the parameters, and clears the gradients.
    ///
    /// - Parameter rule: takes moments of each kind, and steps that it counts up.
    mutating func step(
        rate: Double, clip: Double,
        rule: (_ moments: [[Tensor]], _ steps: inout [Int64], _ update: ParameterUpdates.Update) throws ->
            Void
    ) throws -> Tensor? {
        let norm = clip > 0 ? try ParameterUpdates.clipGradients(parameters, to: clip) : nil
        let update = ParameterUpdates.Update(
            rate: rate, betas: (settings.betas[0], settings.betas[1]),
            decay: settings.kind == .adam ? 0 : settings.decay, epsilon: settings.epsilon,
            dropped: settings.dropout, seeds: settings.dropout > 0 ? seeds : [])
        try rule(moments, &steps, update)
        try ParameterUpdates.clearGradients(parameters)
        return norm
    }

    func state() throws -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (index, name) in names.enumerated() {
            for (kind, moments) in zip(kinds, moments) { state[Self.key(kind, name)] = moments[index] }
            state[Self.key("step", name)] = try Tensor([Float(steps[index])], shape: [])
        }
        return state
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
