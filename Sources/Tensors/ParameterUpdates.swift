import CTorch

/// Operations over whole sets of parameters at once, in place, queued on the device without waiting for it.
package enum ParameterUpdates {
    package static func clearGradients(_ parameters: [Tensor]) throws {
        try Engine.call { ct_clear_gradients(handles(parameters), Int32(parameters.count), $0) }
    }

    /// Scales all gradients so that their joint length is at most `maximum`; gives the length before.
    package static func clipGradients(_ parameters: [Tensor], to maximum: Double) throws -> Tensor {
        try Engine.tensor { ct_clip_gradients(handles(parameters), Int32(parameters.count), maximum, $0, $1) }
    }

    /// The rules by which optimizers move parameters.
    package enum Rule: Sendable {
        /// Adam with decoupled decay, fused where nothing is dropped (Loshchilov and Hutter 2019); two moments.
        case adam
        /// The step is long where the gradient is as its mean foretold (Zhuang et al. 2020, algorithm 2); two moments.
        case adaBelief
        /// Only the sign of a mean of gradients counts (Chen et al. 2023, algorithm 2); one moment.
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

    /// How an optimizer moves parameters in one step.
    package struct Update: Sendable {
        package var rule: Rule
        package var rate: Double
        package var betas: (Double, Double)
        /// Decoupled: parameters shrink by rate · decay.
        package var decay: Double
        package var epsilon: Double
        /// Share of the numbers that stay as they are in this step, and each parameter's random numbers for it.
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

    /// Moves parameters against their gradients and takes the gradients away.
    ///
    /// Parameters without a gradient are left as they are; `steps` counts each parameter's own steps.
    ///
    /// - Parameters:
    ///   - moments: as many lists as the rule has, each with one tensor a parameter.
    ///   - loss: where it is given, its derivative is the gradient, and each parameter is moved as soon as its own is
    ///     whole: no two of them need memory at once. The way back must come by each parameter once (not so inside
    ///     `recomputed`).
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
                            let memory = CTMemory(
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
