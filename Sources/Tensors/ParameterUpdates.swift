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

    /// How an optimizer moves parameters in one step.
    package struct Update: Sendable {
        package var rate: Double
        package var betas: (Double, Double)
        /// Decoupled: parameters shrink by rate · decay.
        package var decay: Double
        package var epsilon: Double
        /// Share of the numbers that stay as they are in this step, and each parameter's random numbers for it.
        package var dropped: Double
        package var seeds: [UInt64]

        package init(
            rate: Double, betas: (Double, Double), decay: Double, epsilon: Double, dropped: Double = 0,
            seeds: [UInt64] = []
        ) {
            (self.rate, self.betas, self.decay, self.epsilon) = (rate, betas, decay, epsilon)
            (self.dropped, self.seeds) = (dropped, seeds)
        }

        fileprivate var raw: CTUpdate {
            CTUpdate(
                rate: rate, beta1: betas.0, beta2: betas.1, decay: decay, epsilon: epsilon, dropped: dropped)
        }
    }

    /// Adam with decoupled decay, fused where nothing is dropped (Loshchilov and Hutter 2019).
    ///
    /// As in the other rules, parameters without a gradient are left as they are, `steps` counts each
    /// parameter's own steps, and the gradients are used up: they are to be cleared afterwards.
    package static func adam(
        _ parameters: [Tensor], first: [Tensor], second: [Tensor], steps: inout [Int64], _ update: Update
    ) throws {
        try check(parameters.count, [first.count, second.count, steps.count], update)
        try Engine.call {
            ct_adam_step(
                handles(parameters), handles(first), handles(second), &steps, update.seeds,
                Int32(parameters.count), update.raw, $0)
        }
    }

    /// AdaBelief: the step is long where the gradient is as its mean foretold (Zhuang et al. 2020, algorithm 2).
    package static func adaBelief(
        _ parameters: [Tensor], first: [Tensor], second: [Tensor], steps: inout [Int64], _ update: Update
    ) throws {
        try check(parameters.count, [first.count, second.count, steps.count], update)
        try Engine.call {
            ct_adabelief_step(
                handles(parameters), handles(first), handles(second), &steps, update.seeds,
                Int32(parameters.count), update.raw, $0)
        }
    }

    /// Lion: only the sign of a mean of gradients counts (Chen et al. 2023, algorithm 2).
    package static func lion(
        _ parameters: [Tensor], first: [Tensor], steps: inout [Int64], _ update: Update
    ) throws {
        try check(parameters.count, [first.count, steps.count], update)
        try Engine.call {
            ct_lion_step(
                handles(parameters), handles(first), &steps, update.seeds, Int32(parameters.count),
                update.raw,
                $0)
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

    private static func check(_ count: Int, _ counts: [Int], _ update: Update) throws {
        guard counts.allSatisfy({ $0 == count }), update.dropped <= 0 || update.seeds.count == count else {
            throw TensorError(.invalidOperation, "the optimizer's state does not fit the parameters")
        }
    }

    private static func handles(_ tensors: [Tensor]) -> [CTTensor?] { tensors.map(\.handle) }
}
