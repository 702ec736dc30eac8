import Safetensors
import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), all parameters in one fused step.
package final class AdamW {
    package struct Settings: Sendable, Codable, Equatable {
        package var betas: [Double]
        package var decay: Double
        package var epsilon: Double

        package init(betas: [Double] = [0.9, 0.99], decay: Double = 0.01, epsilon: Double = 1e-8) {
            self.betas = betas
            self.decay = decay
            self.epsilon = epsilon
        }
    }

    package let settings: Settings
    private let names: [String]
    private let parameters: [Tensor]
    private let first: [Tensor]
    private let second: [Tensor]
    private let steps: [Tensor]

    /// An optimizer at rest, or as `file` left it.
    package init(
        _ store: ParameterStore, settings: Settings = Settings(), resuming file: SafetensorsFile? = nil
    ) throws {
        self.settings = settings
        names = store.names
        parameters = store.tensors
        // Multiplying by zero keeps the memory layout of the parameter, which the fused step wants.
        first = try parameters.map { try $0.detached() * 0 }
        second = try parameters.map { try $0.detached() * 0 }
        steps = try parameters.map { try Tensor(repeating: 0, shape: [], device: $0.device) }
        guard let file else { return }
        for (index, name) in names.enumerated() {
            try first[index].assign(Tensor("optimizer.first.\(name)", in: file, device: store.device))
            try second[index].assign(Tensor("optimizer.second.\(name)", in: file, device: store.device))
            try steps[index].assign(Tensor("optimizer.step.\(name)", in: file, device: store.device))
        }
    }

    /// Applies the gradients, clipped to a joint length of `clip`, and clears them. Gives the length before
    /// clipping, still on the device.
    package func step(rate: Double, clip: Double) throws -> Tensor {
        let norm = try ParameterUpdates.clipGradients(parameters, to: clip)
        try ParameterUpdates.adamW(
            parameters, first: first, second: second, steps: steps, rate: rate,
            betas: (settings.betas[0], settings.betas[1]), decay: settings.decay, epsilon: settings.epsilon)
        try ParameterUpdates.clearGradients(parameters)
        return norm
    }

    /// What a later run needs to go on, by name.
    package func state() throws -> [String: StoredTensor] {
        var state: [String: StoredTensor] = [:]
        for (index, name) in names.enumerated() {
            state["optimizer.first.\(name)"] = try first[index].stored()
            state["optimizer.second.\(name)"] = try second[index].stored()
            state["optimizer.step.\(name)"] = try steps[index].stored()
        }
        return state
    }
}
