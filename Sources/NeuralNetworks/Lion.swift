import Safetensors
import Tensors

/// Steps of one length in the direction of a mean gradient's sign (Chen et al. 2023, algorithm 2). It keeps one
/// moment where Adam keeps two, and wants a rate three to ten times lower.
package final class Lion: Optimizer {
    private var memory: OptimizerMemory

    /// An optimizer at rest, or as `file` left it.
    package init(
        _ store: ParameterStore, settings: OptimizerSettings = .published(.lion), seed: UInt64 = 0,
        resuming file: SafetensorsFile? = nil
    ) throws {
        memory = try OptimizerMemory(
            store, kinds: ["momentum"], settings: settings, seed: seed, resuming: file)
    }

    @discardableResult
    package func step(rate: Double, clip: Double) throws -> Tensor? {
        let parameters = memory.parameters
        return try memory.step(rate: rate, clip: clip) { moments, steps, update in
            try ParameterUpdates.lion(parameters, first: moments[0], steps: &steps, update)
        }
    }

    package func state() throws -> [String: Tensor] { try memory.state() }
}
