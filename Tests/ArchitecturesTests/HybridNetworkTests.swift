import Architectures
import Foundation
import NeuralNetworks
import Tensors
import Testing

@Suite("Hybrid network")
struct HybridNetworkTests {
    private let small = HybridSettings.tiny

    private func random(_ shape: [Int], _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 2, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in Float(numbers.uniform()) }, shape: shape)
    }

    @Test("of two people has as many parameters as its PyTorch counterpart in Benchmarks")
    func parameters() throws {
        let eyes = Array(6...14) + [20]
        let mouth = (0..<23).filter { !eyes.contains($0) }
        let turn = [23, 24, 25]
        let store = ParameterStore(seed: 1)
        _ = try HybridNetwork(
            Scope(store), settings: HybridSettings(upperMeasures: eyes + turn, lowerMeasures: mouth + turn),
            people: ["a", "b"])
        #expect(store.count == 19_827_584)
    }

    @Test("sums overlapping patches to the picture that they were taken from")
    func lapped() throws {
        let lapped = try LappedPatches(device: .cpu)
        let picture = try random([2, 4, 32, 32], "picture")
        let patches = try lapped.patches(picture)
        #expect(patches.shape == [16, 2, lapped.length])
        func inside(_ x: Tensor) throws -> [Float] {
            try x.slice(4..<28, axis: 2).slice(4..<28, axis: 3).contiguous().values()
        }
        let again = try inside(lapped.picture(patches, side: 4))
        let truth = try inside(picture)
        #expect(zip(again, truth).allSatisfy { abs($0 - $1) < 1e-5 })
        // One patch fades out towards its neighbours' middles: no step at its edge.
        var one = [Float](repeating: 0, count: 16 * lapped.length)
        for index in 0..<lapped.length { one[5 * lapped.length + index] = 1 }
        let alone: [Float] = try lapped.picture(
            Tensor(one, shape: [16, 1, lapped.length]), side: 4
        ).contiguous().values()
        let row = (0..<32).map { alone[12 * 32 + $0] }
        #expect(row[3] == 0 && row[20] == 0 && row[4] > 0 && row[4] < 0.11 && row[11] > 0.9)
    }

    @Test("of a base model has one decoder, and people differ by their mean faces alone")
    func sharedDecoder() throws {
        var settings = small
        settings.sharesDecoder = true
        let store = ParameterStore(seed: 1)
        let means = try ["a", "b", "c"].reduce(into: [String: DecoderInitialization]()) { starts, name in
            starts[name] = DecoderInitialization(
                head: .init(mean: try random([4, 32, 32], name).values(), patches: []))
        }
        let network = try HybridNetwork(
            Scope(store), settings: settings, people: ["a", "b", "c"], starts: means.filter { $0.key != "a" })
        #expect(store.names.filter { $0.hasPrefix("decoders.b") } == ["decoders.b.mean"])
        #expect(store.names.contains { $0.hasPrefix("decoders.a.head") })
        let code = LatentCode(learned: try random([4, 6], "code"), measured: try random([4, 4], "measures"))
        let one = try network.draw(code, as: 1, morph: 1).colours
        let other = try network.draw(code, as: 2, morph: 1).colours
        let difference: [Float] = try (other - one).contiguous().values()
        let (b, c) = (try #require(means["b"]).head.mean, try #require(means["c"]).head.mean)
        for index in difference.indices {
            let place = index % (3 * 32 * 32)
            #expect(abs(difference[index] - (c[place] - b[place])) < 1e-5)
        }
        // All in one pass, and without the one who is not there.
        var numbers = RandomNumbers(seed: 1, stream: 0)
        let rows = PeopleRows(of: [1, 2], among: 3, each: 2)
        #expect(rows.ranges == [0..<0, 0..<2, 2..<4])
        let each = try network.drawEach(code, rows: rows, numbers: &numbers)
        #expect(each.count == 2)
        for (drawn, whole, range) in [(each[0], one, 0..<2), (each[1], other, 2..<4)] {
            let (drawn, whole): ([Float], [Float]) = (
                try drawn.colours.contiguous().values(),
                try whole.slice(range, axis: 0).contiguous().values()
            )
            #expect(zip(drawn, whole).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test("draws faces of the right size, and each person's by that person's decoder")
    func shapes() throws {
        let store = ParameterStore(seed: 1)
        let network = try HybridNetwork(Scope(store), settings: small, people: ["a", "b"])
        let learned = try network.encode(
            network.encoderInput(random([3, 3, 32, 32], "faces")), rows: PeopleRows(people: 1, each: 3))
        #expect(learned.shape == [3, 6])
        // The code's mean square is 1, whoever is seen.
        let lengths: [Float] = try learned.squared().mean(1).values()
        #expect(lengths.allSatisfy { abs($0 - 1) < 1e-2 })
        let (features, style) = try network.features(learned: learned, measured: random([3, 4], "measures"))
        let drawn = try (0..<2).map { try network.decode(features, style: style, person: $0) }
        #expect(drawn[0].shape == [3, 4, 32, 32])
        #expect(try drawn[0].values(as: Float.self) != drawn[1].values(as: Float.self))
    }

    @Test("starts the lower face from the mouth's measures alone, and the upper from the eyes'")
    func regions() throws {
        let store = ParameterStore(seed: 1)
        var settings = small
        // Nothing but the first map: a block's convolutions would carry a little across the border.
        (settings.sharedBlocks, settings.splitSoftness) = (0, 0.001)
        let network = try HybridNetwork(Scope(store), settings: settings, people: ["a"])
        let learned = try random([1, 6], "code")
        func rows(_ measured: [Float]) throws -> (upper: [Float], lower: [Float]) {
            let features = try network.features(
                learned: learned, measured: Tensor(measured, shape: [1, 4])
            ).features
            return (
                try features.slice(0..<2, axis: 2).contiguous().values(),
                try features.slice(2..<4, axis: 2).contiguous().values()
            )
        }
        /// Whether more than rounding has changed.
        func moved(_ a: [Float], _ b: [Float]) -> Bool { zip(a, b).contains { abs($0 - $1) > 1e-4 } }
        let calm = try rows([0, 0, 0, 0])
        let blink = try rows([3, 3, 0, 0])
        #expect(moved(blink.upper, calm.upper) && !moved(blink.lower, calm.lower))
        let speech = try rows([0, 0, 3, 0])
        #expect(!moved(speech.upper, calm.upper) && moved(speech.lower, calm.lower))
        let turned = try rows([0, 0, 0, 3])
        #expect(moved(turned.upper, calm.upper) && moved(turned.lower, calm.lower))
    }
}
