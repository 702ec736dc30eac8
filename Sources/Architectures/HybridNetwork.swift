import NeuralNetworks
import Tensors

/// A shared encoder and one decoder per person, with a hybrid latent code.
///
/// The code concatenates a learned latent with measures of a face landmarker. An autoencoder alone needs tens
/// of thousands of steps to map two people's smiles to the same code; the measures provide this from the
/// first step. The learned latent encodes what is not measured.
package struct HybridNetwork: SwapNetwork {
    package let settings: HybridSettings
    /// Names of the people, in the order of the decoders.
    package let people: [String]
    private let encoder: HybridEncoder
    private let intermediate: SharedDecoder
    private let decoders: [HybridDecoder]

    /// - Parameter starts: for new networks, the initial weights of each person's decoder.
    package init(
        _ scope: Scope, settings: HybridSettings, people: [String],
        starts: [String: DecoderInitialization] = [:]
    )
        throws
    {
        self.settings = settings
        self.people = people
        encoder = try HybridEncoder(scope / "encoder", settings: settings)
        intermediate = try SharedDecoder(scope / "intermediate", settings: settings)
        var decoders: [HybridDecoder] = []
        for name in people {
            decoders.append(
                try HybridDecoder(
                    scope / "decoders" / name, settings: settings, start: starts[name],
                    sharing: settings.sharesDecoder == true ? decoders.first : nil))
        }
        self.decoders = decoders
    }

    package var form: NetworkForm { settings.form(people: people) }

    /// Shapes: `[N, 3, E, E]` → `[N, L]`.
    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor { try encoder(faces) }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        let (features, style) = try shared(code)
        return try drawing(decode(features, style: style, person: person))
    }

    /// Runs the shared part once for all people's faces.
    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        let (features, style) = try shared(code)
        if settings.sharesDecoder == true, settings.refinementChannels == nil {
            let drawn = try decoders[0].changes(features, style: style)
            return try rows.present.map { person, range in
                try drawing(drawn.slice(range, axis: 0) + decoders[person].mean)
            }
        }
        return try rows.present.map { person, range in
            try drawing(
                decode(features.slice(range, axis: 0), style: style.slice(range), person: person))
        }
    }

    /// Runs the shared part once for all people's faces, and the refinement for some.
    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, refining some: [[Int]], numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        guard form.coarseSide != nil else { return try drawEach(code, rows: rows, numbers: &numbers) }
        let (features, style) = try shared(code)
        return try rows.present.map { person, range in
            let drawn = try decoders[person].coarse(
                features.slice(range, axis: 0), style: style.slice(range), refining: some[person])
            let coarse = try drawing(drawn.coarse)
            guard let refined = try drawn.refined.map(drawing) else { return coarse }
            return Drawing(
                colours: coarse.colours, mask: coarse.mask,
                refined: .init(faces: some[person], colours: refined.colours, mask: refined.mask))
        }
    }

    /// Features as input of a person's decoder. Shapes: learned `[N, L]`, measured `[N, M]`.
    package func features(learned: Tensor, measured: Tensor) throws -> (
        features: Tensor, style: RegionalStyle
    ) {
        try intermediate(learned: learned, measured: measured)
    }

    /// A person's face. Shapes: → `[N, 4, R, R]`: red, green, blue in about 0…1, and the mask's logits.
    package func decode(_ features: Tensor, style: RegionalStyle, person: Int) throws -> Tensor {
        try decoders[person](features, style: style)
    }

    private func shared(_ code: LatentCode) throws -> (features: Tensor, style: RegionalStyle) {
        guard let measured = code.measured else {
            throw TensorError(.mismatch, "this network's latent code has a measured part, and none was given")
        }
        return try features(learned: code.learned, measured: measured)
    }

    private func drawing(_ drawn: Tensor) throws -> Drawing {
        let parts = try drawn.split([3, 1], axis: 1)
        return Drawing(colours: parts[0], mask: parts[1])
    }
}
