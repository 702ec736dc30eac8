import Safetensors
import Tensors

/// Adam that divides by how far gradients stray from their own mean, not by their length (Zhuang et al. 2020,
/// algorithm 2): where the slope is steady it makes long steps.
package final class AdaBelief: Optimizer {
    private var memory: OptimizerMemory

    /// An optimizer at rest, or as `file` left it.
    package init(
        _ store: ParameterStore, settings: OptimizerSettings = .published(.adabelief), seed: UInt64 = 0,
        resuming file: SafetensorsFile? = nil
    ) throws {
        memory = try OptimizerMemory(
            store, kinds: ["mean", "belief"], settings: settings, seed: seed, resuming: file)
    }

    @discardableResult
    package func step(rate: Double, clip: Double) throws -> Tensor? {
        let parameters = memory.parameters
        return try memory.step(rate: rate, clip: clip) { moments, steps, update in
            try ParameterUpdates.adaBelief(
                parameters, first: moments[0], second: moments[1], steps: &steps, update)
        }
    }

    package func state() throws -> [String: Tensor] { try memory.state() }
}
