import CTorch

/// Operations on lists of parameters, in place, queued on the device without waiting for it.
package enum ParameterUpdates {
    package static func clearGradients(_ parameters: [Tensor]) throws {
        try Engine.call { ct_clear_gradients(handles(parameters), Int32(parameters.count), $0) }
    }

    /// Scales all gradients so that their total norm is at most `maximum`; returns the norm before.
    package static func clipGradients(_ parameters: [Tensor], to maximum: Double) throws -> Tensor {
        try Engine.tensor { ct_clip_gradients(handles(parameters), Int32(parameters.count), maximum, $0, $1) }
    }

    /// Optimizer update rules.
    package enum Rule: Sendable {
        /// AdamW: Adam with decoupled weight decay, fused if no updates are dropped (Loshchilov and Hutter 2019); two moments.
        case adam
        /// AdaBelief: large steps if the gradient is close to its moving average (Zhuang et al. 2020, algorithm 2); two moments.
        case adaBelief
        /// Lion: the sign of an average of gradients (Chen et al. 2023, algorithm 2); one moment.
        case lion

        package var moments: Int { self == .lion ? 1 : 2 }

        fileprivate var raw: CTRule {
            switch self {
            case .adam: CT_ADAM
            case .adaBelief: CT_ADABELIEF
            case .lion: CT_LION
            }
        }
    }

    /// The rule and hyperparameters of an optimizer step.
    package struct Update: Sendable {
        package var rule: Rule
        package var rate: Double
        package var betas: (Double, Double)
        /// Decoupled weight decay: parameters shrink by rate · decay.
        package var decay: Double
        package var epsilon: Double
        /// Probability that an element is not updated in this step, and each parameter's seed for it.
        package var dropped: Double
        package var seeds: [UInt64]

        package init(
            _ rule: Rule, rate: Double, betas: (Double, Double), decay: Double, epsilon: Double,
            dropped: Double = 0, seeds: [UInt64] = []
        ) {
            (self.rule, self.rate, self.betas, self.decay, self.epsilon) = (rule, rate, betas, decay, epsilon)
            (self.dropped, self.seeds) = (dropped, seeds)
        }

        fileprivate var raw: CTUpdate {
            CTUpdate(
                rule: rule.raw, rate: rate, beta1: betas.0, beta2: betas.1, decay: decay, epsilon: epsilon,
                dropped: dropped)
        }
    }

    /// Updates the parameters by one optimizer step and clears their gradients.
    ///
    /// Parameters without a gradient are not changed; `steps` counts each parameter's own steps.
    ///
    /// - Parameters:
    ///   - moments: one list per moment of the rule, each with one tensor per parameter.
    ///   - loss: if given, its backward pass is run, and each parameter is updated as soon as its gradient is complete, so that
    ///     at most one gradient is in memory. Each parameter must be reached once (not the case inside `recomputed`).
    package static func step(
        _ parameters: [Tensor], moments: [[Tensor]], steps: inout [Int64], _ update: Update,
        along loss: Tensor? = nil
    ) throws {
        guard moments.count == update.rule.moments,
            (moments.map(\.count) + [steps.count]).allSatisfy({ $0 == parameters.count }),
            update.dropped <= 0 || update.seeds.count == parameters.count
        else { throw TensorError(.invalidOperation, "the optimizer's state does not fit the parameters") }
        let moments = moments.map(handles)
        try handles(parameters).withUnsafeBufferPointer { parameters in
            try moments[0].withUnsafeBufferPointer { first in
                try moments[moments.count - 1].withUnsafeBufferPointer { second in
                    try update.seeds.withUnsafeBufferPointer { seeds in
                        try steps.withUnsafeMutableBufferPointer { steps in
                            let memory = CTOptimizerState(
                                parameters: parameters.baseAddress, first: first.baseAddress,
                                second: second.baseAddress, steps: steps.baseAddress,
                                seeds: seeds.baseAddress, count: Int32(parameters.count))
                            try Engine.call {
                                if let loss {
                                    ct_backward_stepping(loss.handle, memory, update.raw, $0)
                                } else {
                                    ct_optimizer_step(memory, update.raw, $0)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// target ← target + weight · (source − target), for each pair.
    package static func interpolate(_ targets: [Tensor], towards sources: [Tensor], by weight: Double) throws
    {
        guard targets.count == sources.count else {
            throw TensorError(.invalidOperation, "\(targets.count) targets for \(sources.count) sources")
        }
        try Engine.call { ct_lerp_all(handles(targets), handles(sources), Int32(targets.count), weight, $0) }
    }

    private static func handles(_ tensors: [Tensor]) -> [CTTensor?] { tensors.map(\.handle) }
}
