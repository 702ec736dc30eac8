import Architectures
import Tensors

/// Trade-offs between time, memory and precision. They do not change the result of training, except for
/// rounding.
package struct MemorySettings: Sendable, Codable, Equatable {
    /// Number of microbatches; the gradient is that of the whole batch. More than one requires a second
    /// forward pass.
    package var accumulation = 1
    /// Whether activations are recomputed in the backward pass instead of stored (activation checkpointing).
    package var checkpointing = false
    /// Whether matrix products and convolutions run in bfloat16.
    package var bfloat16 = false

    package init() {}

    /// The network as configured for a training step.
    func applied(to network: any SwapNetwork, device: Device) -> any SwapNetwork {
        let inner: any SwapNetwork =
            bfloat16 ? ReducedPrecisionNetwork(network, device: device) : network
        return recomputes ? MicrobatchedNetwork(inner, parts: accumulation) : inner
    }

    /// Whether the backward pass recomputes activations.
    var recomputes: Bool { accumulation > 1 || checkpointing }
}
