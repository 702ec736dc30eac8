import NeuralNetworks
import Tensors

/// Size of the network `original`.
package struct OriginalSettings: Sendable, Codable, Equatable {
    /// Side of the faces in pixels, in and out. A multiple of 16.
    package var resolution = 64
    /// Channels of the first convolution; the others have 2, 4 and 8 times as many.
    package var channels = 128
    /// Numbers in the bottleneck.
    package var code = 1024

    package init(resolution: Int = 64) { self.resolution = resolution }

    func form(people: [String]) -> NetworkForm {
        NetworkForm(inputSide: resolution, outputSide: resolution, people: people, drawsMask: false)
    }
}

/// The network that face swapping began with, as faceswap has it under `original`: one encoder for all people
/// and a decoder for each.
///
/// Four downscales, two dense layers without activation and one upscale make the code; three upscales and a
/// 5×5 convolution draw it. No mask is drawn. With two people 82.1 million parameters at 64 px.
package struct OriginalNetwork: SwapNetwork {
    package let form: NetworkForm
    private let downscales: [Downscale]
    private let bottleneck: Dense
    private let spread: Spread
    private let upscale: Upscale
    private let decoders: [OriginalDecoder]

    package init(_ scope: Scope, settings: OriginalSettings, people: [String]) throws {
        form = settings.form(people: people)
        let (encoder, side) = (scope / "encoder", settings.resolution / 16)
        let widths = [3] + [1, 2, 4, 8].map { $0 * settings.channels }
        downscales = try (0..<4).map {
            try Downscale(
                encoder / "downscales" / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1],
                activation: .leakyReLU(slope: 0.1))
        }
        bottleneck = try Dense(
            encoder / "bottleneck", inputs: widths[4] * side * side, outputs: settings.code)
        spread = try Spread(encoder / "spread", inputs: settings.code, channels: widths[4], side: side)
        upscale = try Upscale(
            encoder / "upscale", inputs: widths[4], outputs: widths[3], activation: .leakyReLU(slope: 0.1))
        decoders = try people.map {
            try OriginalDecoder(scope / "decoders" / $0, channels: settings.channels)
        }
    }

    /// Shapes: `[N, 3, R, R]` → `[N, 4·C, R/8, R/8]`.
    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor {
        var x = try faces.channelsLast()
        for downscale in downscales { x = try downscale(x) }
        return try upscale(spread(bottleneck(x.contiguous().flattened())))
    }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        Drawing(colours: try decoders[person](code.learned), mask: nil)
    }
}

/// One person's decoder: `[N, 4·C, R/8, R/8]` → `[N, 3, R, R]` in 0…1.
struct OriginalDecoder {
    private let upscales: [Upscale]
    private let colours: Convolution

    init(_ scope: Scope, channels: Int) throws {
        let widths = [4 * channels, 2 * channels, channels, channels / 2]
        upscales = try (0..<3).map {
            try Upscale(
                scope / "upscales" / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1],
                activation: .leakyReLU(slope: 0.1))
        }
        colours = try Convolution(
            scope / "colours", inputs: widths[3], outputs: 3, kernel: 5, initial: .scaledNormal(gain: 1))
    }

    func callAsFunction(_ code: Tensor) throws -> Tensor {
        var x = code
        for upscale in upscales { x = try upscale(x) }
        return try sigmoid(colours(x))
    }
}
