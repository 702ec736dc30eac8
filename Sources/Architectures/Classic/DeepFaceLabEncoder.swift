import NeuralNetworks
import Tensors

/// Four downscales; with option `t` five, and residuals after the first and the last. With `u` what comes out is
/// scaled to a mean square of 1.
///
/// Shapes: `[N, 3, R, R]` → `[N, 8·E·(R/16)²]`, with `t` `[N, 8·E·⌈R/32⌉²]`.
struct DeepFaceLabEncoder {
    private let levels: [any Layer]
    private let normalised: Bool

    init(_ scope: Scope, settings: DeepFaceLabSettings) throws {
        let deep = settings.options.deep
        let widths = [3] + ([1, 2, 4, 8] + (deep ? [8] : [])).map { $0 * settings.encoder }
        var levels: [any Layer] = []
        for level in 0..<widths.count - 1 {
            levels.append(
                try Downscale(
                    scope / "downscales" / "\(level)", inputs: widths[level], outputs: widths[level + 1],
                    activation: settings.activation(slope: 0.1)))
            guard deep, [0, 4].contains(level) else { continue }
            levels.append(
                try AddedPair(
                    scope / "residuals" / "\(level)", channels: widths[level + 1],
                    activation: settings.activation(slope: 0.2)))
        }
        self.levels = levels
        normalised = settings.options.normalised
    }

    func callAsFunction(_ faces: Tensor) throws -> Tensor {
        var x = try faces.channelsLast()
        for level in levels { x = try level(x) }
        let code = try x.contiguous().flattened()
        return normalised ? try code.pixelNormalised() : code
    }
}

/// The bottleneck: two dense layers without activation, and one upscale unless option `t` leaves it out.
///
/// Shapes: `[N, encoded]` → `[N, outputs, S, S]`, S = R/8; R/16 with either of `d` and `t`, R/32 with both.
struct DeepFaceLabInter {
    private let narrowing: Dense
    private let spread: Spread
    private let upscale: Upscale?

    init(_ scope: Scope, settings: DeepFaceLabSettings, outputs: Int) throws {
        narrowing = try Dense(scope / "narrowing", inputs: settings.encoded, outputs: settings.code)
        spread = try Spread(
            scope / "spread", inputs: settings.code, channels: outputs, side: settings.codeSide)
        upscale =
            settings.options.deep
            ? nil
            : try Upscale(
                scope / "upscale", inputs: outputs, outputs: outputs,
                activation: settings.activation(slope: 0.1))
    }

    func callAsFunction(_ encoded: Tensor) throws -> Tensor {
        let picture = try spread(narrowing(encoded))
        return try upscale?(picture) ?? picture
    }
}
