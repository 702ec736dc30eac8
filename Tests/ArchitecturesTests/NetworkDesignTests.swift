import Architectures
import Foundation
import NeuralNetworks
import Tensors
import Testing

@Suite("Network designs")
struct NetworkDesignTests {
    private func parameters(_ name: String, resolution: Int? = nil, people: Int = 2) throws -> Int {
        let store = ParameterStore.meta()
        let names = (0..<people).map { "person\($0)" }
        _ = try NetworkDesign(fieldName: name, resolution: resolution).network(Scope(store), people: names)
        return store.count
    }

    @Test("have the parameters that are published of them, and those that their description adds up to")
    func counts() throws {
        // faceswap 82.1 M; DeepFaceLab 54.5 M and 82.4 M at 128 px.
        #expect(try parameters("original") == 82_062_470)
        #expect(try parameters("df-ud", resolution: 128) == 54_470_998)
        #expect(try parameters("liae-ud", resolution: 128) == 82_376_555)
        #expect(try parameters("quick96") == 38_294_330)
        #expect(try parameters("article") == 2 * 141_043_136)
        #expect(try parameters("original", people: 3) == 82_062_470 + 6_199_747)
    }

    @Test("are counted on the meta device as by hand, without memory")
    func sizes() throws {
        let size = try NetworkSize(of: NetworkDesign(fieldName: "original"))
        // Convolutions: outputs of a layer × kernel × inputs; networks.md has 1.90 G.
        let encoder = 1024 * 128 * 75 + 256 * 256 * 3200 + 64 * 512 * 6400 + 16 * 1024 * 12800
        let middle = 2 * 16384 * 1024 + 16 * 2048 * 9216
        let decoder = 64 * 1024 * 4608 + 256 * 512 * 2304 + 1024 * 256 * 1152 + 4096 * 3 * 1600
        #expect(size.multiplications == encoder + middle + decoder)
        #expect(size.parameters == 82_062_470 && size.resolution == 64)
        let memory = TrainingMemory(size, batch: 16, averaged: false)
        #expect(memory.weights + memory.gradients + memory.optimizer == 16 * 82_062_470)
        // Every layer's input and output, of two people.
        let pictures = 3 * 4096 + 2 * 1024 * 128 + 2 * 256 * 256 + 2 * 64 * 512 + 2 * 16 * 1024
        let codes = 4 * 1024 + 16384 + 16384 + 32768
        #expect(size.activations > 2 * (pictures + codes) && size.activations < 4 * 1_000_000)
        for name in NetworkDesign.fieldNames {
            let size = try NetworkSize(of: NetworkDesign(fieldName: name))
            #expect(size.parameters > 30_000_000 && size.multiplications > 100_000_000, "\(name)")
        }
        let family = NetworkDesign.hybrid(HybridSettings(upperMeasures: [0, 2], lowerMeasures: [1, 2]))
        #expect(try NetworkSize(of: family).multiplications > 100_000_000)
    }

    @Test("start from a base of the same sizes, with a refinement or without, and a base from none")
    func bases() throws {
        func design(_ change: (inout HybridSettings) -> Void = { _ in }) -> NetworkDesign {
            var settings = HybridSettings(upperMeasures: [0, 2], lowerMeasures: [1, 2])
            change(&settings)
            return .hybrid(settings)
        }
        let base = design { $0.sharesDecoder = true }
        #expect(design().canStart(from: base))
        #expect(design { ($0.resolution, $0.refinementChannels) = (256, 24) }.canStart(from: base))
        #expect(!design { $0.resolution = 256 }.canStart(from: base))
        #expect(!design { $0.channels = 96 }.canStart(from: base))
        #expect(!design { $0.upperMeasures = [0] }.canStart(from: base))
        #expect(!base.canStart(from: base))
        let original = try NetworkDesign(fieldName: "original")
        #expect(!original.hasBase && !original.canStart(from: original))
    }

    @Test("take the letters of options in any order, and a resolution for every use")
    func names() throws {
        #expect(try NetworkDesign(fieldName: "DF-DU") == NetworkDesign(fieldName: "df-ud", resolution: 128))
        guard
            case .df(let settings) = try NetworkDesign(
                fieldName: "df-ctd", resolution: 192, widths: ["code": 32])
        else { throw ModelError(.unknown, "no df") }
        #expect(settings.options.letters == "dtc" && settings.resolution == 192 && settings.code == 32)
        #expect(try NetworkDesign(fieldName: "quick96") == .df(.quick96))
    }

    @Test(
        "that nobody knows are refused with what there is",
        arguments: [
            ("df-x", nil, [:], "u, d, t and c"), ("df-uu", nil, [:], "each once"),
            ("villain", nil, [:], "liae-ud"),
            ("df-ud", 144, [:], "multiple of 32"), ("df", 100, [:], "multiple of 16"),
            ("article", 40, [:], "48 or more"),
            ("quick96", 128, [:], "96 px"), ("original", nil, ["inter": 4], "code, encoder"),
            ("amp", nil, ["inter": 0], "even number"), ("article-u", nil, [:], "No architecture"),
        ] as [(String, Int?, [String: Int], String)])
    func refusals(_ name: String, resolution: Int?, widths: [String: Int], remedy: String) {
        let error = #expect(throws: ModelError.self) {
            try NetworkDesign(fieldName: name, resolution: resolution, widths: widths)
        }
        #expect(error?.message.contains(remedy) == true, "\(error?.message ?? "")")
    }

    @Test("come back from JSON as they went in, and fail by name where they are unknown")
    func roundTrip() throws {
        let hybrid = NetworkDesign.hybrid(HybridSettings(upperMeasures: [0, 3], lowerMeasures: [1, 3]))
        let field = try ["df-udtc", "liae-t"].map {
            try NetworkDesign(fieldName: $0, resolution: 192, widths: ["mask": 10])
        }
        for design in try [hybrid] + field
            + NetworkDesign.fieldNames.map({ try NetworkDesign(fieldName: $0) })
        {
            let json = try JSONEncoder().encode(design)
            #expect(try JSONDecoder().decode(NetworkDesign.self, from: json) == design)
        }
        for json in ["{}", #"{"villain":{}}"#, #"{"df":{"resolution":128,"options":"x"}}"#] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(NetworkDesign.self, from: Data(json.utf8))
            }
        }
    }
}
