import NeuralNetworks
import Tensors

/// Two 3×3 convolutions beside a plain path; between them the channels are scaled and shifted by a style
/// (FiLM; Perez et al. 2018). It begins as the identity: its last convolution and the modulation start at
/// zero.
///
/// Shapes: x `[N, C, H, W]`, style `[N, S]` → `[N, C, H, W]`.
/// Parameters: `first`, `second` (convolutions), `modulation` (dense, 2·C outputs) where there is a style.
struct ModulatedBlock {
    private let first: Convolution
    private let second: Convolution
    private let modulation: Dense?
    private let channels: Int

    init(_ scope: Scope, channels: Int, style: Int? = nil) throws {
        self.channels = channels
        first = try Convolution(
            scope / "first", inputs: channels, outputs: channels, kernel: 3, initial: .forLeakyReLU)
        second = try Convolution(
            scope / "second", inputs: channels, outputs: channels, kernel: 3, initial: .zeros)
        modulation = try style.map {
            try Dense(scope / "modulation", inputs: $0, outputs: 2 * channels, initial: .zeros)
        }
    }

    func callAsFunction(_ x: Tensor, style: Tensor? = nil) throws -> Tensor {
        var inner = try first(activated(x))
        if let modulation, let style {
            let both = try modulation(style).reshaped(-1, 2 * channels, 1, 1)
            let scale = try both.slice(0..<channels, axis: 1)
            inner = try inner * (scale + 1) + both.slice(channels..<2 * channels, axis: 1)
        }
        return try x + second(activated(inner))
    }
}

/// The family's activation.
func activated(_ x: Tensor) throws -> Tensor { try leakyReLU(x, slope: 0.1) }

extension InitialValue {
    /// Keeps the variance through a leaky ReLU of slope 0.1 (He et al. 2015).
    static let forLeakyReLU = InitialValue.scaledNormal(gain: (2 / 1.01).squareRoot())
}
