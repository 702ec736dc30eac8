import NeuralNetworks
import Tensors

/// DeepFaceLab's `liae`: one encoder and one decoder for two people, and two bottlenecks between them.
///
/// The code selects the output person: AB concatenated with AB for the source (person 0), B with AB for the
/// target (person 1). The target's face decoded from AB and AB has the source's appearance, in the target's
/// lighting. 82.4 million parameters as `liae-ud` at 128 px.
package struct LIAENetwork: SwapNetwork {
    package let form: NetworkForm
    private let encoder: DeepFaceLabEncoder
    private let interAB: DeepFaceLabInter
    private let interB: DeepFaceLabInter
    private let decoder: DeepFaceLabDecoder

    package init(_ scope: Scope, settings: DeepFaceLabSettings, people: [String]) throws {
        form = settings.form(people: people)
        let outputs = 2 * settings.code
        encoder = try DeepFaceLabEncoder(scope / "encoder", settings: settings)
        interAB = try DeepFaceLabInter(scope / "inter_ab", settings: settings, outputs: outputs)
        interB = try DeepFaceLabInter(scope / "inter_b", settings: settings, outputs: outputs)
        decoder = try DeepFaceLabDecoder(scope / "decoder", settings: settings, inputs: 2 * outputs)
    }

    /// Shapes: `[N, 3, R, R]` → `[N, encoded]` (`DeepFaceLabEncoder`): the bottlenecks belong to drawing.
    package func encode(_ faces: Tensor, rows: PeopleRows) throws -> Tensor { try encoder(faces) }

    package func draw(_ code: LatentCode, as person: Int, morph: Double) throws -> Drawing {
        let shared = try interAB(code.learned)
        return try decoder(concatenated([person == 0 ? shared : interB(code.learned), shared], axis: 1))
    }

    /// The shared parts in one pass for both.
    package func drawEach(
        _ code: LatentCode, rows: PeopleRows, numbers: inout RandomNumbers
    ) throws -> [Drawing] {
        let shared = try interAB(code.learned)
        let first = try rows.present.map { person, range in
            person == 0
                ? try shared.slice(range, axis: 0) : try interB(code.learned.slice(range, axis: 0))
        }
        let all = try decoder(concatenated([concatenated(first, axis: 0), shared], axis: 1))
        return try rows.present.map { try all.slice($0.range) }
    }
}
