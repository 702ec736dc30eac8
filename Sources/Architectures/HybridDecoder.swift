import NeuralNetworks
import Tensors

/// Turns a code into coarse features of a face that is nobody's yet, and a style that steers every later
/// block.
///
/// Shapes: code `[N, L + M]` → features `[N, C, R/16, R/16]`, style `[N, S]`.
struct SharedIntermediate {
    private let first: Dense
    private let second: Dense
    private let start: Dense
    private let blocks: [ModulatedBlock]
    private let settings: HybridSettings

    init(_ scope: Scope, settings: HybridSettings) throws {
        self.settings = settings
        let side = settings.resolution / 16
        first = try Dense(
            scope / "first", inputs: settings.learnedCode + settings.measuredCode, outputs: settings.style,
            initial: .forLeakyReLU)
        second = try Dense(
            scope / "second", inputs: settings.style, outputs: settings.style, initial: .forLeakyReLU)
        start = try Dense(
            scope / "start", inputs: settings.style, outputs: settings.coarseChannels * side * side,
            initial: .forLeakyReLU)
        blocks = try (0..<settings.sharedBlocks).map {
            try ModulatedBlock(
                scope / "blocks" / "\($0)", channels: settings.coarseChannels, style: settings.style)
        }
    }

    func callAsFunction(_ code: Tensor) throws -> (features: Tensor, style: Tensor) {
        let side = settings.resolution / 16
        let style = try activated(second(activated(first(code))))
        var features = try start(style).reshaped(-1, settings.coarseChannels, side, side).channelsLast()
        for block in blocks { features = try block(features, style: style) }
        return (features, style)
    }
}

/// One person's decoder: from shared features to that person's face and its mask.
///
/// The last convolution writes patches of 8×8 pixels, added to the person's mean face, which is a parameter:
/// the network spends its first minutes on what moves and not on what the person looks like.
///
/// Shapes: features `[N, C, R/16, R/16]`, style `[N, S]` → `[N, 4, R, R]`: red, green, blue in about 0…1 and
/// the mask as logits.
struct HybridDecoder {
    private let coarse: [ModulatedBlock]
    private let growing: Convolution
    private let fine: [ModulatedBlock]
    private let head: PatchHead
    private let mean: Tensor

    init(_ scope: Scope, settings: HybridSettings, mean values: [Float]?) throws {
        let (wide, narrow) = (settings.coarseChannels, settings.fineChannels)
        coarse = try (0..<settings.coarseBlocks).map {
            try ModulatedBlock(scope / "coarse" / "\($0)", channels: wide, style: settings.style)
        }
        growing = try Convolution(
            scope / "growing", inputs: wide, outputs: 4 * narrow, kernel: 1, initial: .forLeakyReLU)
        fine = try (0..<settings.fineBlocks).map {
            try ModulatedBlock(scope / "fine" / "\($0)", channels: narrow, style: settings.style)
        }
        head = try PatchHead(
            scope / "head", inputs: narrow, channels: settings.headChannels, side: settings.resolution / 8)
        mean = try scope.parameter(
            "mean", shape: [1, 4, settings.resolution, settings.resolution],
            initial: values.map { .given($0) } ?? .zeros)
    }

    func callAsFunction(_ features: Tensor, style: Tensor) throws -> Tensor {
        var x = features
        for block in coarse { x = try block(x, style: style) }
        x = try growing(activated(x)).pixelShuffled(2).channelsLast()
        for block in fine { x = try block(x, style: style) }
        return try head(activated(x)) + mean
    }
}
