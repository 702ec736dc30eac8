import Architectures
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Training

/// The loss's terms and recipes against PyTorch (Tests/References/make-loss-references.py).
@Suite("Swap loss")
struct ReconstructionLossTests {
    /// A recipe of one term.
    private static func only(_ change: (inout LossSettings) -> Void) -> LossSettings {
        var settings = LossSettings.nothing
        (settings.eyes, settings.mouth) = (4, 2)
        change(&settings)
        return settings
    }

    static let recipes: [String: LossSettings] = [
        "absolute": only { $0.absolute = 1 }, "squared": only { $0.squared = 1 },
        "ssim": only { $0.structure = 1 },
        "dssim": only { ($0.structure, $0.structureKind) = (1, .dissimilarity) },
        "msssim": only { ($0.structure, $0.structureKind) = (1, .multiScale) },
        "mask": only { $0.mask = 1 }, "everywhere": only { $0.everywhere = 1 },
        "features": only { $0.features = 1 }, "gradient": only { $0.gradient = 1 },
        "frequency": only { $0.frequency = 1 },
        "blurred": only { ($0.absolute, $0.blurredMask) = (1, 1.0 / 32) },
        "default": LossSettings(), "deepFaceLab": .deepFaceLab,
        "deepFaceLab features": .deepFaceLab(features: true), "faceswap": .faceswap, "article": .article,
    ]
    static let crossings: [String: LossSettings] = [
        "faceStyle": only { $0.faceStyle = 1 }, "backgroundStyle": only { $0.backgroundStyle = 1 },
    ]

    private func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/losses", withExtension: "safetensors")))
    }

    private func example() throws -> (drawn: Drawing, truth: TrueFaces, file: SafetensorsFile) {
        let file = try golden()
        func input(_ name: String) throws -> Tensor { try Tensor("in.\(name)", in: file) }
        return (
            Drawing(colours: try input("colours"), mask: try input("logits")),
            TrueFaces(
                faces: try input("faces"), mask: try input("mask"), eyes: try input("eyes"),
                mouth: try input("mouth")), file
        )
    }

    @Test("is what PyTorch makes of the same faces", arguments: recipes.keys.sorted())
    func terms(_ name: String) throws {
        let (drawn, truth, file) = try example()
        let loss = try ReconstructionLoss(
            try #require(Self.recipes[name]), resolution: truth.faces.shape[3], device: .cpu)
        let value = try loss(drawn, truth).loss.item()
        let expected = try Tensor("out.\(name)", in: file).item()
        #expect(abs(value - expected) <= 1e-4 * abs(expected))
    }

    @Test("asks swaps for what PyTorch does", arguments: crossings.keys.sorted())
    func crossing(_ name: String) throws {
        let (drawn, truth, file) = try example()
        let loss = try SwapLoss(
            try #require(Self.crossings[name]), resolution: truth.faces.shape[3], device: .cpu)
        let value = try loss(drawn, target: truth).item()
        let expected = try Tensor("out.\(name)", in: file).item()
        #expect(abs(value - expected) <= 1e-4 * abs(expected))
    }

    @Test("of every recipe has a reference")
    func complete() throws {
        let outputs = try golden().names.filter { $0.hasPrefix("out.") }.map { String($0.dropFirst(4)) }
        #expect(Set(outputs) == Set(Self.recipes.keys).union(Self.crossings.keys))
    }

    @Test("by its defaults is to the last bit what dimorph-s was made with")
    func unchanged() throws {
        let (drawn, truth, _) = try example()
        let side = truth.faces.shape[3]
        func slopes(_ loss: (Drawing) throws -> Tensor) throws -> (loss: Double, slopes: [Float]) {
            let colours = try (drawn.colours * 1).detached()
            try colours.requireGradient()
            let value = try loss(Drawing(colours: colours, mask: drawn.mask))
            try value.backward()
            return (try value.item(), try #require(try colours.gradient()).contiguous().values())
        }
        let similarity = try StructuralSimilarity(height: side, width: side)
        let then = try slopes { drawn in
            let area = try truth.mask.sum() * 3 + 1e-6
            let weight = try truth.mask * (truth.eyes * 4 + truth.mouth * 2 + 1)
            let difference = try (drawn.colours - truth.faces).absolute()
            let absolute = try (difference * weight).sum() / area
            let map = try similarity(drawn.colours * truth.mask, truth.faces * truth.mask)
            let structure = try ((1 - map) * weight).sum() / area
            let loss = try absolute * 10 + structure * 5 + difference.mean() * 1
            return try loss + (sigmoid(try #require(drawn.mask)) - truth.mask).squared().mean() * 3
        }
        let loss = try ReconstructionLoss(LossSettings(), resolution: side, device: .cpu)
        let now = try slopes { try loss($0, truth).loss }
        #expect(now.loss == then.loss && now.slopes == then.slopes)
    }

    /// Sees in a face what a fixed matrix does.
    private struct FlatJudge: IdentityEmbedder {
        let matrix: Tensor

        func embeddings(of faces: Tensor) throws -> Tensor {
            let raw = try linear(faces.contiguous().flattened(), weight: matrix, bias: nil)
            return try raw * raw.squared().sum(1, keep: true).reciprocalSquareRoot()
        }
    }

    private func random(_ shape: [Int], _ range: ClosedRange<Double>, _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 4, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in numbers.uniform(range) }, shape: shape)
    }

    /// Small faces in float64.
    private func smallFaces() throws -> TrueFaces {
        let region = { try self.random([2, 1, 4, 4], 0.2...1, $0) }
        return TrueFaces(
            faces: try random([2, 3, 4, 4], 0.1...0.9, "faces"), mask: try region("mask"),
            eyes: try region("eyes"), mouth: try region("mouth"))
    }

    /// The slopes of a loss of drawn faces against finite differences.
    private func expectSlopes(
        _ drawn: Tensor, _ value: () throws -> Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try drawn.requireGradient()
        try value().backward()
        let slopes = try #require(try drawn.gradient()).values(as: Double.self)
        #expect(slopes.contains { abs($0) > 1e-6 }, sourceLocation: sourceLocation)
        let values = try drawn.values(as: Double.self)
        for index in stride(from: 0, to: values.count, by: 5) {
            func shifted(_ offset: Double) throws -> Double {
                var moved = values
                moved[index] += offset
                return try withoutGradient {
                    try drawn.assign(Tensor(moved, shape: drawn.shape))
                    return try value().item()
                }
            }
            let numeric = try (shifted(1e-6) - shifted(-1e-6)) / 2e-6
            #expect(abs(numeric - slopes[index]) < 1e-7, "\(index)", sourceLocation: sourceLocation)
        }
    }

    @Test(
        "has the slopes that finite differences show",
        arguments: ["absolute", "squared", "everywhere", "features", "gradient", "mask"])
    func slopes(_ name: String) throws {
        let truth = try smallFaces()
        let loss = try ReconstructionLoss(try #require(Self.recipes[name]), resolution: 4, device: .cpu)
        let shape = name == "mask" ? [2, 1, 4, 4] : [2, 3, 4, 4]
        let drawn = try random(shape, 0.1...0.9, "drawn")
        try expectSlopes(drawn) {
            let drawing = Drawing(
                colours: name == "mask" ? truth.faces : drawn, mask: name == "mask" ? drawn : nil)
            return try loss(drawing, truth).loss
        }
    }

    @Test("of identity is 0 for the true face, and has the slopes that finite differences show")
    func identity() throws {
        let judge = FlatJudge(matrix: try random([5, 48], -1...1, "judge"))
        let truth = try smallFaces()
        var settings = LossSettings.nothing
        (settings.identity, settings.swapIdentity) = (1, 1)
        #expect(throws: TrainingError.self) { try ReconstructionLoss(settings, resolution: 4, device: .cpu) }
        #expect(throws: TrainingError.self) { try SwapLoss(settings, resolution: 4, device: .cpu) }
        let loss = try ReconstructionLoss(settings, resolution: 4, identity: judge, device: .cpu)
        let own = try loss(Drawing(colours: truth.faces, mask: nil), truth).loss.item()
        #expect(abs(own) < 1e-12)
        let drawn = try random([2, 3, 4, 4], 0.1...0.9, "drawn")
        try expectSlopes(drawn) { try loss(Drawing(colours: drawn, mask: nil), truth).loss }
    }
}
