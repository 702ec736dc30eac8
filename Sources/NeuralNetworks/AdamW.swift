import Safetensors
import Tensors

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), all parameters in one fused step; without decay
/// it is Adam (Kingma and Ba 2015).
package final class AdamW: Optimizer {
    private var memory: OptimizerMemory

    /// An optimizer at rest, or as `file` left it.
    package init(
        _ store: ParameterStore, settings: OptimizerSettings = OptimizerSettings(), seed: UInt64 = 0,
        resuming file: SafetensorsFile? = nil
    ) throws {
        memory = try OptimizerMemory(
            store, kinds: ["first", "second"], settings: settings, seed: seed, resuming: file)
    }

    @discardableResult
    package func step(rate: Double, clip: Double) throws -> Tensor? {
        let parameters = memory.parameters
        return try memory.step(rate: rate, clip: clip) { moments, steps, update in
            try ParameterUpdates.adam(
                parameters, first: moments[0], second: moments[1], steps: &steps, update)
        }
    }

    package func state() throws -> [String: Tensor] { try memory.state() }
}
