import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

/// The networks of the field, small: what PyTorch draws with the same numbers, and what must hold of each.
@Suite("Networks of the field")
struct FieldNetworkTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let resolution: Int
        let widths: [String: Int]
        /// Whose rows the pictures of the reference are; it matters to the article's network alone.
        var owner = 0
        var testDescription: String { name }

        func design() throws -> NetworkDesign {
            try NetworkDesign(fieldName: name, resolution: resolution, widths: widths)
        }
    }

    static let narrow = ["code": 6, "encoder": 2, "decoder": 2, "mask": 2]
    static let cases =
        [
            Case(name: "article", resolution: 48, widths: ["encoder": 2], owner: 1),
            Case(name: "original", resolution: 32, widths: ["encoder": 4, "code": 6]),
        ]
        + ["df", "df-u", "df-d", "df-t", "df-c", "df-udtc", "liae-ud", "liae-t"].map {
            Case(name: $0, resolution: 32, widths: narrow)
        } + [Case(name: "amp", resolution: 32, widths: narrow.merging(["inter": 8]) { $1 })]

    /// −1…1 from a name and the place, as the script's function of the same name.
    private func numbers(_ name: String, _ shape: [Int], scale: Float = 1, offset: Float = 0) throws -> Tensor
    {
        let key = RandomNumbers.hash(name)
        let values = (0..<shape.reduce(1, *)).map { place -> Float in
            var x = UInt64(place) &* 0x9E37_79B9_7F4A_7C15 &+ key
            x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
            x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
            x ^= x >> 31
            return (Float(x >> 40) / 8_388_608 - 1) * scale + offset
        }
        return try Tensor(values, shape: shape)
    }

    /// A network whose parameters the script has too.
    private func network(_ test: Case) throws -> (any SwapNetwork, ParameterStore) {
        let store = ParameterStore(seed: 1)
        let network = try test.design().network(Scope(store), people: ["a", "b"])
        for name in store.names {
            let parameter = try #require(store[name])
            let fan = parameter.shape.dropFirst().reduce(1, *)
            let scale = name.hasSuffix(".bias") ? 0.1 : 1.5 / Float(fan).squareRoot()
            try parameter.assign(numbers(name, parameter.shape, scale: scale))
        }
        return (network, store)
    }

    private func faces(_ side: Int, count: Int = 1) throws -> Tensor {
        try numbers("faces", [count, 3, side, side], scale: 0.5, offset: 0.5)
    }

    private func expectClose(
        _ a: Tensor, _ b: Tensor, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(a.shape == b.shape, "\(name)", sourceLocation: sourceLocation)
        let pairs = zip(try a.contiguous().values(as: Float.self), try b.values(as: Float.self))
        let worst = pairs.map { abs($0 - $1) / (1e-4 * abs($1) + 1e-5) }.max() ?? .infinity
        #expect(worst <= 1, "\(name)", sourceLocation: sourceLocation)
    }

    @Test("draw what PyTorch draws with the same parameters", arguments: cases)
    func reference(_ test: Case) throws {
        let url = try #require(Bundle.module.url(forResource: "Golden/field", withExtension: "safetensors"))
        let file = try SafetensorsFile(mapping: url)
        let (network, _) = try network(test)
        let rows = PeopleRows(of: test.owner, among: 2, count: 1)
        let code = LatentCode(learned: try network.encode(faces(test.resolution), rows: rows))
        let drawings = file.names.filter { $0.hasPrefix(test.name + ".") && $0.hasSuffix(".colours") }
        #expect(!drawings.isEmpty)
        for name in drawings {
            let stem = String(name.dropLast(".colours".count))
            let which = String(stem.dropFirst(test.name.count + 1))
            let drawn =
                if let morph = Double(which) { try network.draw(code, as: 0, morph: morph) } else {
                    try network.draw(code, as: which == "a" ? 0 : 1, morph: 1)
                }
            try expectClose(drawn.colours, Tensor(name, in: file), name)
            #expect((drawn.mask != nil) == file.contains(stem + ".mask"))
            #expect((drawn.mask != nil) == network.form.drawsMask)
            if let mask = drawn.mask { try expectClose(mask, Tensor(stem + ".mask", in: file), stem) }
        }
    }

    @Test("draw each person in training as by itself, and AMP a mixture", arguments: cases)
    func eachPerson(_ test: Case) throws {
        let (network, _) = try network(test)
        let rows = PeopleRows(people: 2, each: 2)
        let code = LatentCode(learned: try network.encode(faces(test.resolution, count: 4), rows: rows))
        var numbers = RandomNumbers(seed: 1, stream: 1)
        let drawn = try network.drawEach(code, rows: rows, numbers: &numbers)
        #expect(drawn.count == 2)
        for person in 0..<2 {
            let alone = try network.draw(code.slice(rows.ranges[person]), as: person, morph: 1)
            #expect(drawn[person].colours.shape == [2, 3, test.resolution, test.resolution])
            #expect(drawn[person].mask?.shape == alone.mask?.shape)
            guard person == 1 || test.name != "amp" else {
                let values = try (alone.colours - drawn[0].colours).absolute().mean().item()
                #expect(values > 1e-4)
                continue
            }
            try expectClose(drawn[person].colours, alone.colours.contiguous(), test.name)
        }
    }

    /// AMP's inters were missing from its peers' optimizer, so that they never learned.
    @Test("move every parameter in one step", arguments: cases)
    func everyParameterLearns(_ test: Case) throws {
        let (network, store) = try network(test)
        try store.requireGradients()
        let optimizer = try Optimizer(of: store)
        let before = try store.names.map { try #require(store[$0]).detached().values(as: Float.self) }
        let rows = PeopleRows(people: 2, each: 2)
        let code = LatentCode(learned: try network.encode(faces(test.resolution, count: 4), rows: rows))
        var numbers = RandomNumbers(seed: 1, stream: 1)
        var loss = try Tensor(repeating: 0, shape: [])
        for drawn in try network.drawEach(code, rows: rows, numbers: &numbers) {
            loss = try loss + (drawn.colours - 0.3).squared().mean()
            if let mask = drawn.mask { loss = try loss + (sigmoid(mask) - 0.9).squared().mean() }
        }
        try loss.backward()
        _ = try optimizer.step(rate: 1e-3, clip: 1)
        for (name, values) in zip(store.names, before) {
            #expect(try store[name]?.detached().values(as: Float.self) != values, "\(name) has not moved")
        }
    }

    @Test("begin with upscales that leave no checkerboard")
    func noCheckerboard() throws {
        let store = ParameterStore(seed: 1)
        let network = try NetworkDesign(
            fieldName: "original", resolution: 32, widths: ["encoder": 4, "code": 6]
        )
        .network(Scope(store), people: ["a"])
        let code = try network.encode(
            Tensor(repeating: 0.4, shape: [1, 3, 32, 32]), rows: PeopleRows(people: 1, each: 1))
        let rows = try code.slice(0..<4, axis: 3, step: 2).contiguous().values(as: Float.self)
        #expect(try rows == code.slice(1..<4, axis: 3, step: 2).contiguous().values(as: Float.self))
        #expect(Set(rows).count > 3)
    }

    @Test("of many people have a decoder for each; liae and amp are for two")
    func people() throws {
        for test in Self.cases {
            let store = ParameterStore(seed: 1)
            let names = ["a", "b", "c"]
            guard try test.design().takesManyPeople else {
                let error = #expect(throws: ModelError.self) {
                    try test.design().network(Scope(store), people: names)
                }
                #expect(error?.code == .unsuitable && error?.message.contains("two people") == true)
                continue
            }
            let network = try test.design().network(Scope(store), people: names)
            let rows = PeopleRows(people: 3, each: 1)
            let code = LatentCode(learned: try network.encode(faces(test.resolution, count: 3), rows: rows))
            var numbers = RandomNumbers(seed: 1, stream: 1)
            let drawn = try network.drawEach(code, rows: rows, numbers: &numbers)
            #expect(drawn.map { $0.colours.shape[0] } == [1, 1, 1])
        }
    }
}
