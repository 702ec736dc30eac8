import Architectures
import Tensors

/// How a step trades time, memory and precision. None of it changes what is learned, but for rounding.
package struct MemorySettings: Sendable, Codable, Equatable {
    /// Parts in which the network sees a batch, each with memory of its own for a while; the gradient is that of
    /// the whole batch. More than one takes a second forward pass.
    package var accumulation = 1
    /// Whether what the network computes on the way is computed again instead of kept.
    package var checkpointing = false
    /// Whether matrix products and convolutions run in bfloat16.
    package var bfloat16 = false

    package init() {}

    /// The network as a step is to run it.
    func applied(to network: any SwapNetwork, device: Device) -> any SwapNetwork {
        let inner: any SwapNetwork =
            bfloat16 ? ReducedPrecisionNetwork(network, device: device) : network
        return recomputes ? MicrobatchedNetwork(inner, parts: accumulation) : inner
    }

    /// Whether the way back computes something again.
    var recomputes: Bool { accumulation > 1 || checkpointing }
}
