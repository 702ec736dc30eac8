import NeuralNetworks
import Tensors

/// Encodes what the landmark measures do not contain: lighting, teeth, gaze, and other parts of the
/// expression.
///
/// Works on patches of 8×8 pixels as channels, for which a CPU reaches its matrix-product peak. The code is
/// normalised to length √L, so that the two people's codes cannot drift apart in scale.
///
/// Shapes: `[N, 3, E, E]` in 0…1 → `[N, L]`.
struct HybridEncoder {
    private let stem: Convolution
    private let blocks: [ResidualBlock]
    private let halving: Convolution
    private let deep: ResidualBlock
    private let code: Dense

    init(_ scope: Scope, settings: HybridSettings) throws {
        let channels = settings.encoderChannels
        let side = settings.encoderResolution / 16
        stem = try Convolution(
            scope / "stem", inputs: 192, outputs: channels, kernel: 3, initial: .forLeakyReLU)
        blocks = try (0..<settings.encoderBlocks).map {
            try ResidualBlock(scope / "blocks" / "\($0)", channels: channels)
        }
        halving = try Convolution(
            scope / "halving", inputs: channels, outputs: channels, kernel: 3, stride: 2,
            initial: .forLeakyReLU)
        deep = try ResidualBlock(scope / "deep", channels: channels)
        code = try Dense(
            scope / "code", inputs: channels * side * side, outputs: settings.learnedCode,
            initial: .forLeakyReLU)
    }

    func callAsFunction(_ face: Tensor) throws -> Tensor {
        var x = try stem((face - 0.5).pixelUnshuffled(8).channelsLast())
        for block in blocks { x = try block(x) }
        x = try deep(halving(activated(x)))
        let code = try code(activated(x).contiguous().flattened())
        return try code * (code.squared().mean(1, keep: true) + 1e-6).reciprocalSquareRoot()
    }
}
