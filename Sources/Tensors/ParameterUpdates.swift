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

    /// One fused AdamW step (Loshchilov and Hutter 2019). Parameters without a gradient are left as they are.
    package static func adamW(
        _ parameters: [Tensor], first: [Tensor], second: [Tensor], steps: [Tensor], rate: Double,
        betas: (Double, Double), decay: Double, epsilon: Double
    ) throws {
        guard parameters.count == first.count, first.count == second.count, second.count == steps.count else {
            throw TensorError(.invalidOperation, "the optimizer's state does not fit the parameters")
        }
        try Engine.call {
            ct_adamw_step(
                handles(parameters), handles(first), handles(second), handles(steps), Int32(parameters.count),
                rate,
                betas.0, betas.1, decay, epsilon, $0)
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
