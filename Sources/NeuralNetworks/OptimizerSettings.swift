import Safetensors
import Tensors

/// Optimizer algorithm and its hyperparameters.
package struct OptimizerSettings: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Adam (Kingma and Ba 2015): AdamW without weight decay.
        case adam
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        case adamw
        /// AdaBelief: Adam with the variance of gradients about their mean in place of their second moment
        /// (Zhuang et al. 2020, algorithm 2), which makes larger steps for consistent gradients.
        case adabelief
        /// Lion: updates by the sign of a gradient average (Chen et al. 2023, algorithm 2); half of Adam's
        /// memory, and learning rates of a third to a tenth of Adam's.
        case lion

        /// Names of the moments, as stored in files.
        var moments: [String] {
            switch self {
            case .adam, .adamw: ["first", "second"]
            case .adabelief: ["mean", "belief"]
            case .lion: ["momentum"]
            }
        }

        var rule: ParameterUpdates.Rule {
            switch self {
            case .adam, .adamw: .adam
            case .adabelief: .adaBelief
            case .lion: .lion
            }
        }
    }

    package var kind: Kind
    package var betas: [Double]
    /// Decoupled weight decay; ignored by Adam.
    package var decay: Double
    /// Not used by Lion.
    package var epsilon: Double
    /// Fraction of the values that are not updated in a step, 0…1, each drawn independently (learning-rate
    /// dropout; Lin et al. 2019). Their gradients still enter the moments.
    package var dropout: Double

    package init(
        kind: Kind = .adamw, betas: [Double] = [0.9, 0.99], decay: Double = 0.01, epsilon: Double = 1e-8,
        dropout: Double = 0
    ) {
        (self.kind, self.betas, self.decay) = (kind, betas, decay)
        (self.epsilon, self.dropout) = (epsilon, dropout)
    }

    /// Hyperparameters of the paper that introduced the algorithm.
    package static func published(_ kind: Kind) -> OptimizerSettings {
        switch kind {
        case .adam: OptimizerSettings(kind: kind, betas: [0.9, 0.999], decay: 0)
        case .adamw: OptimizerSettings(kind: kind, betas: [0.9, 0.999])
        case .adabelief: OptimizerSettings(kind: kind, betas: [0.9, 0.999], decay: 0, epsilon: 1e-16)
        case .lion: OptimizerSettings(kind: kind, betas: [0.9, 0.99], decay: 0)
        }
    }

    /// First invalid value, with its key and a remedy; `nil` if all values are valid.
    package var complaint: String? {
        guard betas.count == 2, betas.allSatisfy({ 0 <= $0 && $0 < 1 }) else {
            return "'betas' must be two numbers of 0 or more and less than 1"
        }
        guard decay >= 0 else { return "'decay' must be 0 or more" }
        guard epsilon >= 0 else { return "'epsilon' must be 0 or more" }
        guard 0 <= dropout, dropout < 1 else { return "'dropout' must be 0 or more and less than 1" }
        return nil
    }
}
