import NeuralNetworks
import Tensors

/// DeepFaceLab's `df`: a shared encoder and bottleneck, and a decoder per person.
///
/// It preserves the source's appearance better than `liae` and follows the target less. With two people 54.5
/// million parameters as `df-ud` at 128 px.
package struct DFNetwork: SwapNetwork {
    package let form: NetworkForm
    private let encoder: DeepFaceLabEncoder
    private let inter: DeepFaceLabInter
    private let decoders: [DeepFaceLabDecoder]

    package init(_ scope: Scope, settings: DeepFaceLabSettings, people: [String]) throws {
        form = settings.form(people: people)
        encoder = try DeepFaceLabEncoder(scope / "encoder", settings: settings)
        inter = try DeepFaceLabInter(scope / "inter", settings: settings, outputs: settings.code)
        decoders = try people.map {
            try DeepFaceLabDecoder(scope / "decoders" / $0, settings: settings, inputs: settings.code)
        }
    }

    /// Shapes: `[N, 3, R, R]` → `[N, code, S, S]` (`DeepFaceLabInter`).
    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor { try inter(encoder(faces)) }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        try decoders[person](code.learned)
    }
}
