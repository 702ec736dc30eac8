import NeuralNetworks
import Tensors

/// Discriminator of learned latent codes: classifies whose face a code belongs to.
///
/// Trained adversarially with the encoder, it makes the distributions of the source's and the target's codes
/// equal, so that the source's decoder receives in-distribution codes at swap time ("true face").
///
/// Shapes: codes `[N, L]` → logits `[N, 1]`, by dense layers; codes `[N, C, H, W]` → `[N, 1, ⌈H/4⌉, ⌈W/4⌉]`, by
/// convolutions. Positive for the first person. Parameters: `layers.0` … `layers.2`.
package struct CodeDiscriminator {
    private let layers: [any Layer]

    /// - Parameters:
    ///   - code: shape of one face's code.
    ///   - channels: width of the first layer.
    package init(_ scope: Scope, code: [Int], channels: Int) throws {
        let scope = scope / "layers"
        switch code.count {
        case 1:
            let widths = [code[0], 4 * channels, 4 * channels, 1]
            layers = try (0..<3).map {
                try Dense(
                    scope / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1], initial: .forLeakyReLU)
            }
        case 3:
            let widths = [code[0], channels, 2 * channels, 1]
            layers = try (0..<3).map {
                try Convolution(
                    scope / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1], kernel: $0 < 2 ? 3 : 1,
                    stride: $0 < 2 ? 2 : 1, initial: .forLeakyReLU)
            }
        default:
            throw TensorError(
                .mismatch, "a code of shape \(code) is neither a list of numbers nor a map of channels")
        }
    }

    package func callAsFunction(_ codes: Tensor) throws -> Tensor {
        var x = codes
        for layer in layers.dropLast() { x = try leakyReLU(layer(x), slope: 0.2) }
        return try layers.last.map { try $0(x) } ?? x
    }
}
