import NeuralNetworks
import Tensors

/// Size of the network `article`.
package struct ArticleSettings: Sendable, Codable, Equatable {
    /// Side of the faces in pixels, in and out.
    package var resolution = 120
    /// Channels of the first convolution; the others have 2 and 4 times as many.
    package var channels = 256

    package init() {}

    /// The bottleneck's side, which the description gives.
    static let codeSide = 3

    /// Side of what the encoder's three convolutions and poolings leave.
    var encodedSide: Int { (0..<3).reduce(resolution) { side, _ in (side + 1) / 2 / 2 } }

    /// Side of what the decoder's convolutions and enlargements leave before its last dense layer.
    static var drawnSide: Int {
        (0..<3).reduce(codeSide) { side, level in (side + 1) / 2 * (level < 2 ? 2 : 1) }
    }

    func form(people: [String]) -> NetworkForm {
        NetworkForm(inputSide: resolution, outputSide: resolution, people: people, drawsMask: false)
    }
}

/// The model of the article series "Deep Fakes with autoencoders": **an autoencoder for each person, and nothing
/// shared**. A swap runs one person's encoder and the other's decoder.
///
/// Included because it is well known, not for its quality: the two encoders are trained independently and
/// share no latent space. A code for a smile may be a turned head to the other decoder; the training
/// objective does not align them. Networks with a shared encoder learn one code for both.
///
/// With two people 282 million parameters at 120 px.
package struct ArticleNetwork: SwapNetwork {
    package let form: NetworkForm
    private let encoders: [ArticleEncoder]
    private let decoders: [ArticleDecoder]

    package init(_ scope: Scope, settings: ArticleSettings, people: [String]) throws {
        form = settings.form(people: people)
        encoders = try people.map { try ArticleEncoder(scope / "encoders" / $0, settings: settings) }
        decoders = try people.map { try ArticleDecoder(scope / "decoders" / $0, settings: settings) }
    }

    /// Each person's rows by that person's encoder. Shapes: `[N, 3, R, R]` → `[N, 4·C, 3, 3]`.
    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor {
        let codes = try rows.present.map { person, range in
            try encoders[person](range.count == faces.shape[0] ? faces : faces.slice(range, axis: 0))
        }
        return codes.count == 1 ? codes[0] : try concatenated(codes, axis: 0)
    }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        Drawing(colours: try decoders[person](code.learned), mask: nil)
    }
}

/// Three times a 5×5 convolution with stride 2, ReLU and a maximum over 2×2; then dense to 3×3.
///
/// Shapes: `[N, 3, R, R]` → `[N, 4·C, 3, 3]`.
struct ArticleEncoder {
    private let convolutions: [Convolution]
    private let spread: Spread

    init(_ scope: Scope, settings: ArticleSettings) throws {
        let widths = [3] + [1, 2, 4].map { $0 * settings.channels }
        convolutions = try (0..<3).map {
            try Convolution(
                scope / "convolutions" / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1], kernel: 5,
                stride: 2)
        }
        let side = settings.encodedSide
        spread = try Spread(
            scope / "spread", inputs: widths[3] * side * side, channels: widths[3],
            side: ArticleSettings.codeSide)
    }

    func callAsFunction(_ faces: Tensor) throws -> Tensor {
        var x = try faces.channelsLast()
        for convolution in convolutions { x = try maxPool2d(relu(convolution(x)), kernel: 2, stride: 2) }
        return try spread(x.contiguous().flattened())
    }
}

/// Three times a 5×5 convolution with stride 2 and ReLU, twice enlarged to the nearest; then dense to the picture.
///
/// Shapes: `[N, 4·C, 3, 3]` → `[N, 3, R, R]` in 0…1.
struct ArticleDecoder {
    private let convolutions: [Convolution]
    private let picture: Dense
    private let resolution: Int

    init(_ scope: Scope, settings: ArticleSettings) throws {
        resolution = settings.resolution
        let widths = [4, 4, 2, 1].map { $0 * settings.channels }
        convolutions = try (0..<3).map {
            try Convolution(
                scope / "convolutions" / "\($0)", inputs: widths[$0], outputs: widths[$0 + 1], kernel: 5,
                stride: 2)
        }
        let side = ArticleSettings.drawnSide
        picture = try Dense(
            scope / "picture", inputs: widths[3] * side * side, outputs: 3 * resolution * resolution)
    }

    func callAsFunction(_ code: Tensor) throws -> Tensor {
        var x = code
        for (level, convolution) in convolutions.enumerated() {
            x = try relu(convolution(x))
            if level < 2 { x = try resizedNearest(x, height: 2 * x.shape[2], width: 2 * x.shape[3]) }
        }
        let pixels = try picture(x.contiguous().flattened())
        return try sigmoid(pixels).reshaped(-1, 3, resolution, resolution)
    }
}
