import Architectures
import NeuralNetworks
import Tensors
import Testing

@Suite("Networks with less memory or precision")
struct MicrobatchedNetworkTests {
    private let people = ["a", "b", "c"]

    private func random(_ shape: [Int], _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 3, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in Float(numbers.uniform()) }, shape: shape)
    }

    private static let hybrid = NetworkDesign.hybrid(.tiny)

    private struct Run {
        var loss: Double
        var gradients: [String: [Float]]
    }

    /// A loss that is no mean over faces: it looks at the codes of all together and divides by what all have.
    private func run(
        _ design: NetworkDesign, people: [String], wrap: (any SwapNetwork) -> any SwapNetwork
    ) throws -> Run {
        let store = ParameterStore(seed: 5)
        let network = wrap(try design.network(Scope(store), people: people))
        try store.requireGradients()
        // The last convolutions begin at zero; what lies before them would get no gradient.
        for name in store.names {
            guard let tensor = store[name] else { continue }
            try tensor.assign(tensor.detached() + (random(tensor.shape, name) - 0.5) * 0.1)
        }
        let rows = PeopleRows(people: people.count, each: 5)
        let side = network.form.inputSide
        let learned = try network.encode(random([5 * people.count, 3, side, side], "faces"), rows: rows)
        #expect(learned.elementType == .float32)
        var code = LatentCode(learned: learned)
        if network.form.takesMeasures { code.measured = try random([5 * people.count, 4], "measures") }
        var numbers = RandomNumbers(seed: 1, stream: 2)
        var loss = try learned.mean(0).squared().sum()
        for drawing in try network.drawEach(code, rows: rows, numbers: &numbers) {
            let mask = try sigmoid(drawing.mask ?? drawing.colours)
            #expect(drawing.colours.elementType == .float32)
            loss = try loss + (drawing.colours.squared() * mask).sum() / mask.sum()
        }
        try loss.backward()
        var gradients: [String: [Float]] = [:]
        for name in store.names { gradients[name] = try store[name]?.gradient()?.values(as: Float.self) }
        return Run(loss: try loss.item(), gradients: gradients)
    }

    private func expectAlike(_ a: Run, _ b: Run, within tolerance: Float) {
        #expect(abs(a.loss - b.loss) <= Double(tolerance) * abs(b.loss))
        #expect(a.gradients.keys == b.gradients.keys && a.gradients.count > 10)
        for (name, wanted) in b.gradients {
            let greatest = wanted.map(abs).max() ?? 0
            let difference = zip(a.gradients[name] ?? [], wanted).map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference <= tolerance * greatest + 1e-7, "\(name)")
        }
    }

    private func cosine(_ a: Run, _ b: Run) -> Double {
        var (product, squareA, squareB) = (0.0, 0.0, 0.0)
        for (name, values) in b.gradients {
            for (x, y) in zip(a.gradients[name] ?? [], values) {
                product += Double(x * y)
                squareA += Double(x * x)
                squareB += Double(y * y)
            }
        }
        return product / (squareA * squareB).squareRoot()
    }

    @Test("in parts the gradient is the whole batch's", arguments: [1, 2, 5, 9])
    func parts(count: Int) throws {
        let whole = try run(Self.hybrid, people: people) { $0 }
        let parted = try run(Self.hybrid, people: people) { MicrobatchedNetwork($0, parts: count) }
        expectAlike(parted, whole, within: 2e-5)
    }

    @Test("networks that draw lots draw the same on the way back", arguments: ["amp", "original"])
    func lots(name: String) throws {
        let design = try NetworkDesign(
            fieldName: name, resolution: 64,
            widths: name == "amp" ? ["encoder": 8, "inter": 8] : ["encoder": 8])
        let whole = try run(design, people: ["a", "b"]) { $0 }
        let parted = try run(design, people: ["a", "b"]) { MicrobatchedNetwork($0, parts: 1) }
        expectAlike(parted, whole, within: 2e-5)
    }

    @Test("in bfloat16 the loss agrees to a hundredth, and the gradient points the same way")
    func precision() throws {
        let whole = try run(Self.hybrid, people: people) { $0 }
        let reduced = try run(Self.hybrid, people: people) { ReducedPrecisionNetwork($0, device: .cpu) }
        #expect(reduced.loss != whole.loss)
        #expect(abs(reduced.loss - whole.loss) < 1e-2 * whole.loss)
        #expect(cosine(reduced, whole) > 0.99)
        let both = try run(Self.hybrid, people: people) {
            MicrobatchedNetwork(ReducedPrecisionNetwork($0, device: .cpu), parts: 2)
        }
        #expect(abs(both.loss - whole.loss) < 1e-2 * whole.loss)
        #expect(cosine(both, whole) > 0.99)
    }
}
