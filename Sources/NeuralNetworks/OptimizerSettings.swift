import Safetensors
import Tensors

/// Which optimizer, and its numbers.
package struct OptimizerSettings: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Adam (Kingma and Ba 2015): AdamW without decay.
        case adam
        /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
        case adamw
        /// Adam that divides by how far gradients stray from their own mean, not by their length (Zhuang et al. 2020,
        /// algorithm 2): where the slope is steady it makes long steps.
        case adabelief
        /// Follows the sign of a mean of gradients (Chen et al. 2023, algorithm 2): half of Adam's memory, and rates of
        /// a third to a tenth of Adam's.
        case lion

        /// Names of the moments, as they stand in files.
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
}
