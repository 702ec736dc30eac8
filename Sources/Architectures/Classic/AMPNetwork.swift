import NeuralNetworks
import Tensors

/// Size of DeepFaceLab's network `amp`.
package struct AMPSettings: Sendable, Codable, Equatable {
    /// Side of the faces in pixels, in and out. A multiple of 32.
    package var resolution = 224
    /// Numbers in the bottleneck (`ae_dims`).
    package var code = 256
    /// Channels of each person's inter (`inter_dims`).
    package var inter = 1024
    /// As in `DeepFaceLabSettings`.
    package var encoder = 64
    package var decoder = 64
    package var mask = 22

    package init(resolution: Int = 224) { self.resolution = resolution }

    /// The encoder and the decoder are those of `-udt`.
    var parts: DeepFaceLabSettings {
        var settings = DeepFaceLabSettings(
            resolution: resolution,
            options: DeepFaceLabSettings.Options(normalised: true, doubled: true, deep: true))
        (settings.encoder, settings.decoder, settings.mask) = (encoder, decoder, mask)
        settings.code = code
        return settings
    }
}

/// DeepFaceLab's `amp`: one encoder with its bottleneck, an inter for each of two people, one decoder, and a
/// morph factor that interpolates between the two people.
///
/// In training, each channel of a source face's code is taken from either inter with probability ½,
/// independently for each face, so that the decoder learns all mixtures; the target's code comes from its own
/// inter. To render the source (person 0), the first `morph` fraction of the channels is taken from the
/// source's inter and the rest from the target's.
package struct AMPNetwork: SwapNetwork {
    package let form: NetworkForm
    private let encoder: DeepFaceLabEncoder
    private let bottleneck: Dense
    private let source: Spread
    private let target: Spread
    private let decoder: DeepFaceLabDecoder
    private let channels: Int

    package init(_ scope: Scope, settings: AMPSettings, people: [String]) throws {
        let parts = settings.parts
        form = parts.form(people: people)
        channels = settings.inter
        encoder = try DeepFaceLabEncoder(scope / "encoder", settings: parts)
        bottleneck = try Dense(
            scope / "encoder" / "bottleneck", inputs: parts.encoded, outputs: settings.code)
        func inter(_ name: String) throws -> Spread {
            try Spread(scope / name, inputs: settings.code, channels: settings.inter, side: parts.codeSide)
        }
        (source, target) = (try inter("inter_src"), try inter("inter_dst"))
        decoder = try DeepFaceLabDecoder(scope / "decoder", settings: parts, inputs: settings.inter)
    }

    /// Shapes: `[N, 3, R, R]` → `[N, code]`.
    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor { try bottleneck(encoder(faces)) }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        let taken = person == 0 ? Int((morph * Double(channels)).rounded()) : 0
        guard taken > 0 else { return try decoder(target(code.learned)) }
        let own = try source(code.learned)
        guard taken < channels else { return try decoder(own) }
        let other = try target(code.learned)
        return try decoder(
            concatenated(
                [own.slice(0..<taken, axis: 1), other.slice(taken..<channels, axis: 1)], axis: 1))
    }

    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        let others = try target(code.learned)
        let parts = try rows.present.map { person, range in
            let other = try others.slice(range, axis: 0)
            guard person == 0 else { return other }
            let own = try source(code.learned.slice(range, axis: 0))
            let coins = (0..<range.count * channels).map { _ in Float(numbers.bits() & 1) }
            let taken = try Tensor(coins, shape: [range.count, channels, 1, 1], device: own.device)
            return try other + (own - other) * taken
        }
        let all = try decoder(concatenated(parts, axis: 0))
        return try rows.present.map { try all.slice($0.range) }
    }
}
