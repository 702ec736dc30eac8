import Architectures
import Testing

@testable import Training

/// Sizes and recipes, from flags and from files, beyond what any machine has.
@Suite("Hostile sizes")
struct HostileSizesTests {
    @Test(
        "a network of impossible widths is refused before anything is built",
        arguments: [
            ("df", "code", Int.max), ("df", "encoder", Int.max - 1), ("df-ud", "decoder", 1 << 60),
            ("liae", "mask", 1 << 61), ("amp", "inter", 1 << 62), ("original", "code", 1_000_000_000),
            ("article", "encoder", 1 << 40),
        ])
    func widths(name: String, key: String, value: Int) {
        let error = #expect(throws: ModelError.self) {
            try NetworkDesign(named: name, widths: [key: value])
        }
        #expect(error?.message.contains("\(value)") == true, "\(error?.message ?? "")")
    }

    @Test("so is one of an impossible side", arguments: NetworkDesign.familyNames + ["df", "amp", "article"])
    func sides(name: String) {
        for side in [Int.max / 32 * 32, 1 << 62, 1 << 20, -32, 0] {
            #expect(throws: ModelError.self) { try NetworkDesign(named: name, resolution: side) }
        }
    }

    @Test("every network with its usual size is possible", arguments: NetworkDesign.names)
    func usual(name: String) throws { _ = try NetworkDesign(named: name) }

    @Test(
        "a recipe's numbers have limits",
        arguments: [
            { $0.batch = .max }, { $0.economy.accumulation = .max }, { $0.adversary.channels = 1 << 62 },
            { $0.adversary.channels = 0 }, { $0.adversary.patch = .min }, { $0.adversary.patch = .max },
            { $0.rate.warmUp = -1 }, { $0.rate.peak = 1e300 }, { $0.loss.eyes = .infinity },
            { $0.loss.absolute = 1e38 }, { $0.trueFace = .nan },
        ] as [@Sendable (inout Recipe) -> Void])
    func recipes(_ change: @Sendable (inout Recipe) -> Void) {
        var recipe = Recipe()
        #expect(recipe.complaint == nil)
        change(&recipe)
        #expect(recipe.complaint != nil)
    }
}
