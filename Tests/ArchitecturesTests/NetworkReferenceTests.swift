import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

/// The whole network against plain PyTorch; the values come from Tests/References/make-network-reference.py.
@Suite("Network reference")
struct NetworkReferenceTests {
    private func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/network", withExtension: "safetensors")))
    }

    /// The smallest network that has every part, as the script has it.
    private var settings: HybridSettings {
        var settings = HybridSettings(upperMeasures: [0, 1, 3], lowerMeasures: [2, 3])
        (settings.resolution, settings.encoderResolution) = (32, 16)
        (settings.encoderChannels, settings.encoderBlocks) = (8, 1)
        (settings.learnedCode, settings.style) = (6, 12)
        (settings.startChannels, settings.channels, settings.headChannels) = (4, 8, 2)
        return settings
    }

    private func expectClose(
        _ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(a.shape == b.shape, sourceLocation: sourceLocation)
        let pairs = zip(try a.contiguous().values(as: Float.self), try b.values(as: Float.self))
        let worst = pairs.map { abs($0 - $1) / (1e-4 * abs($1) + 1e-4) }.max() ?? .infinity
        #expect(worst <= 1, sourceLocation: sourceLocation)
    }

    @Test("encodes and draws what PyTorch does with the same parameters")
    func agrees() throws {
        let file = try golden()
        let store = ParameterStore(loading: file, prefix: "model.")
        let network = try HybridNetwork(Scope(store), settings: settings, people: ["a"])
        try store.checkNothingLeft()
        let learned = try network.encode(
            Tensor("in.faces", in: file), rows: PeopleRows(people: 1, each: 1))
        try expectClose(learned, Tensor("out.learned", in: file))
        let (features, style) = try network.features(
            learned: Tensor("out.learned", in: file), measured: Tensor("in.measured", in: file))
        try expectClose(features, Tensor("out.features", in: file))
        try expectClose(
            network.decode(features, style: style, person: 0), Tensor("out.drawn", in: file))
    }

    @Test("of an earlier kind is refused by name")
    func earlier() throws {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "dimorph-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        var card = ModelCard(
            architecture: "dimorph-s", design: .hybrid(settings), crop: "full", measures: [], people: [],
            seed: 1)
        card.version = 1
        try SafetensorsWriter.write(
            [String: StoredTensor](), metadata: ModelFile.metadata(card), to: url)
        let error = try #require(throws: ModelError.self) { try ModelFile(url) }
        #expect(error.message.contains(url.path) && error.message.contains("train again"))
    }
}
