import Architectures
import Foundation
import NeuralNetworks
import Tensors
import Testing

@Suite("Refinement")
struct RefinementTests {
    private static let settings = HybridSettings.tinyRefined

    private func random(_ shape: [Int], _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 2, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in Float(numbers.uniform()) }, shape: shape)
    }

    private func network(_ store: ParameterStore) throws -> HybridNetwork {
        let network = try HybridNetwork(Scope(store), settings: Self.settings, people: ["a", "b"])
        for name in store.names where name.hasSuffix("mean") {
            guard let mean = store[name] else { continue }
            try mean.assign(random(mean.shape, name))
        }
        return network
    }

    private func code(_ count: Int) throws -> LatentCode {
        LatentCode(learned: try random([count, 6], "code"), measured: try random([count, 4], "measures"))
    }

    private func near(_ a: Tensor, _ b: Tensor) throws -> Bool {
        let (a, b): ([Float], [Float]) = (try a.contiguous().values(), try b.contiguous().values())
        return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 }
    }

    @Test("draws twice as large as the head, on the grid that the head works on")
    func sizes() throws {
        let store = ParameterStore(seed: 1)
        let network = try network(store)
        #expect(network.form.outputSide == 64 && network.form.coarseSide == 32)
        let drawn = try network.draw(code(3), as: 1, morph: 1)
        #expect(drawn.colours.shape == [3, 3, 64, 64] && drawn.mask?.shape == [3, 1, 64, 64])
        #expect(drawn.refined == nil)
        #expect(store["decoders.a.head.weight"]?.shape == [16, 6, 1024])
        #expect(store["decoders.a.refinement.head.weight"]?.shape == [16, 3, 4096])
    }

    @Test("in training refines the faces that are asked for, just as they would be drawn")
    func some() throws {
        let network = try network(ParameterStore(seed: 1))
        let code = try code(16)
        let rows = PeopleRows(people: 2, each: 8)
        let full = try (0..<2).map { person in
            try network.draw(code.slice(rows.ranges[person]), as: person, morph: 1)
        }
        var numbers = RandomNumbers(seed: 4, stream: 1)
        let asked = [[0, 5], [7]]
        let drawn = try network.drawEach(code, rows: rows, refining: asked, numbers: &numbers)
        for (person, drawing) in drawn.enumerated() {
            #expect(drawing.colours.shape == [8, 3, 32, 32])
            let refined = try #require(drawing.refined)
            #expect(refined.faces == asked[person])
            let index = try Tensor(refined.faces.map(Int64.init), shape: [refined.faces.count])
            #expect(try near(refined.colours, full[person].colours.indexSelect(index)))
        }
        let none = try network.drawEach(code, rows: rows, refining: [[], []], numbers: &numbers)
        #expect(none.allSatisfy { $0.refined == nil && $0.colours.shape[3] == 32 })
    }

    @Test(
        "in parts refines the same faces, and gives the gradient of the whole batch", arguments: [1, 2, 3, 4])
    func parts(count: Int) throws {
        func gradients(_ wrap: (any SwapNetwork) -> any SwapNetwork) throws -> [String: [Float]] {
            let store = ParameterStore(seed: 5)
            let network = wrap(try network(store))
            try store.requireGradients()
            for name in store.names {
                guard let tensor = store[name] else { continue }
                try tensor.assign(tensor.detached() + (random(tensor.shape, name) - 0.5) * 0.1)
            }
            var numbers = RandomNumbers(seed: 1, stream: 2)
            var loss = try Tensor(repeating: 0, shape: [], device: .cpu)
            // Some parts have none of the faces that are refined.
            let asked = [[1, 2], [3]]
            let drawn = try network.drawEach(
                code(8), rows: PeopleRows(people: 2, each: 4), refining: asked, numbers: &numbers)
            for (person, drawing) in drawn.enumerated() {
                let refined = try #require(drawing.refined)
                #expect(refined.faces == asked[person])
                let mask = try sigmoid(#require(refined.mask))
                // Each face counts otherwise: their order matters.
                let counts = try Tensor(
                    refined.faces.map { Float($0 + 1) }, shape: [refined.faces.count, 1, 1, 1])
                loss = try loss + (refined.colours.squared() * mask * counts).sum() / mask.sum()
                loss = try loss + drawing.colours.squared().mean()
            }
            try loss.backward()
            var result: [String: [Float]] = [:]
            for name in store.names { result[name] = try store[name]?.gradient()?.values(as: Float.self) }
            return result
        }
        let whole = try gradients { $0 }
        let parted = try gradients { MicrobatchedNetwork($0, parts: count) }
        #expect(whole.keys == parted.keys && whole.keys.contains("decoders.b.refinement.head.weight"))
        for (name, wanted) in whole {
            let greatest = wanted.map(abs).max() ?? 0
            let difference = zip(parted[name] ?? [], wanted).map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference <= 2e-5 * greatest + 1e-7, "\(name)")
        }
    }

    @Test("enlarges even pictures to even ones, and slopes to slopes without moving them")
    func enlarging() throws {
        let enlarging = try Enlarging(from: 8, device: .cpu)
        let even = try enlarging(Tensor(repeating: 0.7, shape: [2, 3, 8, 8], device: .cpu))
        #expect(even.shape == [2, 3, 16, 16])
        #expect(try even.values(as: Float.self).allSatisfy { abs($0 - 0.7) < 1e-5 })
        // Value = place of the pixel's centre across, and thrice that down.
        func value(_ x: Float, _ y: Float) -> Float { x + 3 * y }
        let slope: [Float] = (0..<64).map { value(Float($0 % 8) + 0.5, Float($0 / 8) + 0.5) }
        let large: [Float] = try enlarging(Tensor(slope, shape: [1, 1, 8, 8])).values()
        for row in 4..<12 {
            for column in 4..<12 {
                let wanted = value((Float(column) + 0.5) / 2, (Float(row) + 0.5) / 2)
                #expect(abs(large[row * 16 + column] - wanted) < 1e-4)
            }
        }
    }

    @Test("patches of 32 pixels give back the picture that they were taken from")
    func lapped() throws {
        let lapped = try LappedPatches(block: 16, device: .cpu)
        let picture = try random([2, 4, 64, 64], "picture")
        let patches = try lapped.patches(picture)
        #expect(patches.shape == [16, 2, 4096] && lapped.length == 4096)
        let again = try lapped.picture(patches, side: 4)
        func inside(_ x: Tensor) throws -> Tensor { try x.slice(8..<56, axis: 2).slice(8..<56, axis: 3) }
        #expect(try near(inside(again), inside(picture)))
    }

    @Test("that no network has is refused by name")
    func hostile() throws {
        var settings = Self.settings
        settings.refinementChannels = 0
        #expect(throws: ModelError.self) { try NetworkDesign.hybrid(settings).checked(as: "x") }
        (settings.refinementChannels, settings.resolution) = (3, 40)
        #expect(throws: ModelError.self) { try NetworkDesign.hybrid(settings).checked(as: "x") }
    }

    @Test("is none in models that were written before there was one")
    func earlier() throws {
        var plain = Self.settings
        plain.refinementChannels = nil
        let written = try JSONEncoder().encode(plain)
        var keys = try #require(JSONSerialization.jsonObject(with: written) as? [String: Any])
        keys["refinementChannels"] = nil
        let old = try JSONSerialization.data(withJSONObject: keys)
        #expect(try JSONDecoder().decode(HybridSettings.self, from: old) == plain)
        let new = try JSONEncoder().encode(Self.settings)
        #expect(try JSONDecoder().decode(HybridSettings.self, from: new) == Self.settings)
    }
}
