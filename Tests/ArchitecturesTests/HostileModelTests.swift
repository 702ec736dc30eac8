import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

@testable import Architectures

/// Model files that no Dimorph writes: each is an error that names the file, never a trap, an abort or a network.
@Suite("Hostile models")
struct HostileModelTests {
    private static let people = ["a", "b"]

    private static func design(_ change: (inout HybridSettings) -> Void = { _ in }) -> NetworkDesign {
        var settings = HybridSettings(upperMeasures: [0, 2], lowerMeasures: [1, 2])
        (settings.resolution, settings.encoderResolution, settings.encoderChannels) = (16, 16, 4)
        (settings.learnedCode, settings.style, settings.startChannels, settings.channels) = (4, 4, 2, 4)
        settings.headChannels = 2
        change(&settings)
        return .hybrid(settings)
    }

    private static func card(_ design: NetworkDesign = design()) -> ModelCard {
        let person = ModelCard.Person(name: "a", offset: [0, 0], lowest: [-1, -1], highest: [1, 1])
        var other = person
        other.name = "b"
        return ModelCard(
            architecture: "test", design: design, crop: "full", measures: ["x", "y"],
            people: [person, other],
            seed: 1)
    }

    /// A sound model's arrays.
    private func arrays() throws -> [String: StoredTensor] {
        let store = ParameterStore(seed: 1)
        _ = try Self.design().network(Scope(store), people: Self.people)
        return try Dictionary(
            uniqueKeysWithValues: zip(
                store.names.map { "average." + $0 }, store.tensors.map { try $0.stored() }))
    }

    /// Opens a file with this card and these arrays as swapping does.
    private func open(
        _ card: ModelCard = card(), _ change: (inout [String: StoredTensor]) -> Void = { _ in },
        json edit: (String) throws -> String = { $0 }
    ) throws {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "model-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        var arrays = try arrays()
        change(&arrays)
        var metadata = try ModelFile.metadata(card)
        metadata["card"] = try metadata["card"].map(edit)
        try SafetensorsWriter.write(arrays, metadata: metadata, to: url)
        do {
            let model = try SwapModel(url, device: .cpu)
            let side = model.size
            _ = try model.swap(
                faces: [UInt8](repeating: 9, count: side * side * 3), measures: [[0, 0]], from: 1, to: 0)
        } catch {
            #expect("\(error)".contains(url.lastPathComponent), "\(error)")
            throw error
        }
    }

    @Test("a sound one is read") func sound() throws { try open() }

    @Test(
        "numbers of the design beyond all networks",
        arguments: [
            ("encoderBlocks", "-1"), ("encoderBlocks", "2147483648"), ("encoderBlocks", "257"),
            ("encoderResolution", "4611686018427387904"), ("encoderResolution", "0"),
            ("encoderResolution", "24"), ("resolution", "-8"), ("resolution", "20"), ("resolution", "4096"),
            ("encoderChannels", "0"), ("encoderChannels", "9223372036854775807"), ("learnedCode", "-4"),
            ("style", "1000000"), ("startChannels", "0"), ("channels", "-9223372036854775808"),
            ("sharedBlocks", "1000000000"), ("ownBlocks", "-1"), ("headChannels", "0"),
            ("splitSoftness", "0"), ("split", "1e300"), ("upperMeasures", "[-1]"),
            ("lowerMeasures", "[0,4000]"), ("upperMeasures", "[9223372036854775807]"),
            ("encoderBlocks", "1e99"), ("encoderBlocks", "\"2\""), ("encoderBlocks", "null"),
        ])
    func design(key: String, value: String) {
        #expect(throws: ModelError.self) {
            try open(json: {
                $0.replacing(try Regex("\"\(key)\":(\\[[^\\]]*\\]|[^,}]*)"), with: "\"\(key)\":\(value)")
            })
        }
    }

    @Test(
        "designs of the other networks",
        arguments: [
            #"{"df":{"resolution":9223372036854775807,"options":"ud","code":256,"encoder":64,"decoder":64,"mask":22}}"#,
            #"{"df":{"resolution":128,"options":"ud","code":256,"encoder":1152921504606846976,"decoder":64,"mask":22}}"#,
            #"{"df":{"resolution":48,"options":"ud","code":256,"encoder":64,"decoder":64,"mask":22}}"#,
            #"{"liae":{"resolution":128,"options":"","code":6148914691236517205,"encoder":64,"decoder":64,"mask":22}}"#,
            #"{"amp":{"resolution":224,"code":256,"inter":-1,"encoder":64,"decoder":64,"mask":22}}"#,
            #"{"amp":{"resolution":0,"code":256,"inter":1024,"encoder":64,"decoder":64,"mask":22}}"#,
            #"{"original":{"resolution":64,"channels":3,"code":1024}}"#,
            #"{"original":{"resolution":64,"channels":4611686018427387904,"code":1024}}"#,
            #"{"article":{"resolution":24,"channels":256}}"#, #"{"article":{"resolution":120,"channels":0}}"#,
            // In range, but not what the file holds: refused before hundreds of gigabytes are asked for.
            #"{"article":{"resolution":2048,"channels":8192}}"#,
            #"{"amp":{"resolution":2048,"code":65536,"inter":65536,"encoder":8192,"decoder":8192,"mask":8192}}"#,
            #"{}"#, #"{"gan":{}}"#,
        ])
    func otherDesigns(_ design: String) {
        #expect(throws: (any Error).self) {
            try open(json: {
                $0.replacing(
                    try Regex("\"design\":\\{\"hybrid\":\\{[^}]*\\}\\}"), with: "\"design\":\(design)")
            })
        }
    }

    @Test(
        "people, measures and histories that cannot be",
        arguments: [
            { $0.people[0].offset = [] }, { $0.people[1].lowest = [0] }, { $0.people[1].highest = [-2, 1] },
            { $0.people[0].offset = [1e30, 0] }, { $0.people = [] }, { $0.people[1].name = "a" },
            { $0.people[0].name = "" }, { $0.measures = ["x"] }, { $0.iterations = -1 },
            { $0.iterations = .max }, { $0.seconds = -1 }, { $0.seconds = 1e300 }, { $0.heldOutError = -1 },
            { $0.slowed = 0 }, { $0.slowed = 2 },
        ] as [@Sendable (inout ModelCard) -> Void])
    func people(_ change: @Sendable (inout ModelCard) -> Void) {
        var card = Self.card()
        change(&card)
        #expect(throws: ModelError.self) { try open(card) }
    }

    @Test("numbers that are not finite or beyond all networks are named with their array")
    func numbers() {
        for value in [Float.nan, .infinity, -.infinity, 1e30, -1e30] {
            let error = #expect(throws: SafetensorsError.self) {
                try open(Self.card()) { arrays in
                    let name = "average.decoders.a.mean"
                    var values = [Float](repeating: 0, count: 4 * 16 * 16)
                    values[777] = value
                    arrays[name] = StoredTensor(values, type: .f32, shape: [1, 4, 16, 16])
                }
            }
            #expect(error?.message.contains("average.decoders.a.mean") == true)
        }
    }

    @Test("arrays of other types: whole numbers are refused, other floating-point types converted")
    func types() throws {
        let (name, shape, count) = ("average.decoders.a.mean", [1, 4, 16, 16], 4 * 16 * 16)
        for (type, width) in [(SafetensorsType.i32, 4), (.u8, 1), (.i64, 8), (.bool, 1)] {
            let error = #expect(throws: TensorError.self) {
                try open(Self.card()) {
                    $0[name] = StoredTensor(
                        type: type, shape: shape, bytes: [UInt8](repeating: 0, count: count * width))
                }
            }
            #expect(error.map { "\($0)".contains(name) && "\($0)".contains(type.rawValue) } == true)
        }
        for (type, width) in [(SafetensorsType.f16, 2), (.bf16, 2), (.f64, 8)] {
            try open(Self.card()) {
                $0[name] = StoredTensor(
                    type: type, shape: shape, bytes: [UInt8](repeating: 0, count: count * width))
            }
        }
    }

    @Test("an array that is missing, of another shape, or too many")
    func shapes() {
        #expect(throws: TensorError.self) { try open(Self.card()) { $0["average.decoders.a.mean"] = nil } }
        #expect(throws: TensorError.self) {
            try open(Self.card()) {
                $0["average.decoders.a.mean"] = StoredTensor([Float(0)], type: .f32, shape: [1])
            }
        }
        #expect(throws: TensorError.self) {
            try open(Self.card()) { $0["average.other"] = StoredTensor([Float(0)], type: .f32, shape: [1]) }
        }
    }

    @Test("a network whose picture overflows is no picture")
    func overflow() {
        let error = #expect(throws: ModelError.self) {
            try open(Self.card()) { arrays in
                // Each is possible alone; through the layers they grow beyond all numbers.
                for (name, array) in arrays where array.shape.count > 1 {
                    let count = array.shape.reduce(1, *)
                    arrays[name] = StoredTensor(
                        [Float](repeating: 9e5, count: count), type: .f32, shape: array.shape)
                }
            }
        }
        #expect(error?.message.contains("overflow") == true, "\(error.map { "\($0)" } ?? "")")
    }
}
