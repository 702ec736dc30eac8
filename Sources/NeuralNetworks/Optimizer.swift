import Safetensors
import Tensors

/// Moves parameters against their gradients.
package protocol Optimizer: AnyObject {
    /// Applies the gradients and clears them. Nothing in it waits for the device.
    ///
    /// - Parameters:
    ///   - rate: the learning rate of this step.
    ///   - clip: the greatest joint length of all gradients; they are not clipped where it is 0 or less.
    /// - Returns: the gradients' joint length before clipping, still on the device; nil without clipping.
    @discardableResult
    func step(rate: Double, clip: Double) throws -> Tensor?

    /// What a later run needs to go on, by the name of its array in a file. The tensors are the optimizer's own.
    func state() throws -> [String: Tensor]
}

/// Which optimizer, and its numbers.
package struct OptimizerSettings: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Adam (Kingma and Ba 2015): AdamW without decay.
        case adam
        case adamw
        case adabelief
        case lion
    }

    package var kind: Kind
    package var betas: [Double]
    /// Decoupled weight decay; Adam takes no notice of it.
    package var decay: Double
    /// Lion has none.
    package var epsilon: Double
    /// Share of the numbers that stay as they are in a step, 0…1, each drawn by itself (learning-rate dropout;
    /// Lin et al. 2019). Gradients enter the moments all the same.
    package var dropout: Double

    package init(
        kind: Kind = .adamw, betas: [Double] = [0.9, 0.99], decay: Double = 0.01, epsilon: Double = 1e-8,
        dropout: Double = 0
    ) {
        (self.kind, self.betas, self.decay) = (kind, betas, decay)
        (self.epsilon, self.dropout) = (epsilon, dropout)
    }

    /// The numbers of the paper that a kind comes from.
    package static func published(_ kind: Kind) -> OptimizerSettings {
        switch kind {
        case .adam: OptimizerSettings(kind: kind, betas: [0.9, 0.999], decay: 0)
        case .adamw: OptimizerSettings(kind: kind, betas: [0.9, 0.999])
        case .adabelief: OptimizerSettings(kind: kind, betas: [0.9, 0.999], decay: 0, epsilon: 1e-16)
        case .lion: OptimizerSettings(kind: kind, betas: [0.9, 0.99], decay: 0)
        }
    }

    /// What is wrong with the numbers, naming key and remedy; nil when nothing is.
    package var complaint: String? {
        guard betas.count == 2, betas.allSatisfy({ 0 <= $0 && $0 < 1 }) else {
            return "'betas' must be two numbers of 0 or more and less than 1"
        }
        guard decay >= 0 else { return "'decay' must be 0 or more" }
        guard epsilon >= 0 else { return "'epsilon' must be 0 or more" }
        guard 0 <= dropout, dropout < 1 else { return "'dropout' must be 0 or more and less than 1" }
        return nil
    }

    /// An optimizer at rest, or as `file` left it.
    ///
    /// - Parameters:
    ///   - store: its parameters that are not frozen are moved.
    ///   - seed: of the updates that are dropped.
    /// - Throws: `TensorError` (`mismatch`) that says what is wrong with the settings.
    package func optimizer(
        of store: ParameterStore, seed: UInt64 = 0, resuming file: SafetensorsFile? = nil
    ) throws -> any Optimizer {
        if let complaint { throw TensorError(.mismatch, "The optimizer's setting \(complaint)") }
        return switch kind {
        case .adam, .adamw: try AdamW(store, settings: self, seed: seed, resuming: file)
        case .adabelief: try AdaBelief(store, settings: self, seed: seed, resuming: file)
        case .lion: try Lion(store, settings: self, seed: seed, resuming: file)
        }
    }
}
