import NeuralNetworks
import Tensors

/// Draws a face and, by upscales of its own, the face's mask.
///
/// Three upscales (four with option `t`), a residual after each, and 1×1 to the colours or, with `d`, the four
/// heads. The mask has upscales alone, and one more with `d`.
///
/// Shapes: `[N, inputs, S, S]` → `[N, 3, R, R]` in 0…1 and `[N, 1, R, R]` as logits.
struct DeepFaceLabDecoder {
    private let levels: [any Layer]
    private let colours: any Layer
    private let maskLevels: [Upscale]
    private let mask: Convolution

    init(_ scope: Scope, settings: DeepFaceLabSettings, inputs: Int) throws {
        let doubled = settings.options.doubled
        let act = settings.activation(slope: 0.1)
        func upscales(_ scope: Scope, parts: [Int], width: Int) throws -> [Upscale] {
            let widths = [inputs] + parts.map { $0 * width }
            return try parts.indices.map {
                try Upscale(
                    scope / "upscales" / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1], activation: act
                )
            }
        }
        let parts = settings.decoderWidths
        levels = try zip(upscales(scope, parts: parts, width: settings.decoder), parts).enumerated()
            .flatMap { level, pair -> [any Layer] in
                let residual = try AddedPair(
                    scope / "residuals" / "\(level)", channels: pair.1 * settings.decoder,
                    activation: settings.activation(slope: 0.2))
                return [pair.0, residual]
            }
        let last = 2 * settings.decoder
        colours =
            doubled
            ? try QuarterHeads(scope / "colours", inputs: last)
            : try Convolution(
                scope / "colours", inputs: last, outputs: 3, kernel: 1, initial: .scaledNormal(gain: 1))
        maskLevels = try upscales(
            scope / "mask", parts: parts + (doubled ? [1] : []), width: settings.mask)
        mask = try Convolution(
            scope / "mask" / "logits", inputs: (doubled ? 1 : 2) * settings.mask, outputs: 1, kernel: 1,
            initial: .scaledNormal(gain: 1))
    }

    func callAsFunction(_ code: Tensor) throws -> Drawing {
        var (x, m) = (code, code)
        for level in levels { x = try level(x) }
        for level in maskLevels { m = try level(m) }
        return Drawing(colours: try sigmoid(colours(x)), mask: try mask(m))
    }
}

/// Four heads that draw a quarter of the pixels each, laid into each other: the first, a 1×1 convolution, draws the
/// top left pixel of every 2×2, three 3×3 convolutions the top right, bottom left and bottom right.
///
/// Run as one convolution of twelve outputs, the 1×1 as the middle of a 3×3. Shapes: `[N, inputs, H, W]` →
/// `[N, 3, 2·H, 2·W]`. Parameters: `0…3.{weight,bias}`.
struct QuarterHeads: Layer {
    private let heads: [Convolution]

    init(_ scope: Scope, inputs: Int) throws {
        heads = try (0..<4).map {
            try Convolution(
                scope / "\($0)", inputs: inputs, outputs: 3, kernel: $0 == 0 ? 1 : 3,
                initial: .scaledNormal(gain: 1))
        }
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let inputs = x.shape[1]
        // Pixel shuffle wants the four pixels of a colour side by side: [4, 3, …] → [3, 4, …].
        let kernels = try heads.map { head in
            try (head.kernel == 1 ? head.weight.padded([1, 1, 1, 1]) : head.weight)
                .reshaped(1, 3, inputs, 3, 3)
        }
        let weight = try concatenated(kernels, axis: 0).permuted(1, 0, 2, 3, 4).reshaped(12, inputs, 3, 3)
        let bias = try concatenated(heads.map { try $0.bias.reshaped(1, 3) }, axis: 0).permuted(1, 0)
            .reshaped(12)
        return try heads[1](x, weight: weight, bias: bias).pixelShuffled(2)
    }
}
