import Architectures
import Faces
import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing
import Training
import Workspace

/// Each term of the loss, alone, for a few steps on drawn faces: what it is meant to lower falls.
@Suite("Loss options", .serialized)
struct LossOptionTests {
    init() throws { try Engine.setThreads(1) }

    private static func only(_ change: (inout LossSettings) -> Void) -> LossSettings {
        var settings = LossSettings.nothing
        change(&settings)
        return settings
    }

    static let terms: [String: LossSettings] = [
        "absolute": only { $0.absolute = 1 }, "squared": only { $0.squared = 1 },
        "ssim": only { $0.structure = 1 },
        "dssim": only { ($0.structure, $0.structureKind) = (1, .dissimilarity) },
        "msssim": only { ($0.structure, $0.structureKind) = (1, .multiScale) },
        "mask": only { $0.mask = 1 }, "everywhere": only { $0.everywhere = 1 },
        "features": only { $0.features = 1 }, "gradient": only { $0.gradient = 1 },
        "frequency": only { $0.frequency = 1 }, "faceStyle": only { $0.faceStyle = 1 },
        "backgroundStyle": only { $0.backgroundStyle = 1 },
        "eyes first": only { ($0.absolute, $0.eyes) = (1, 3) },
        "blurred": only { ($0.absolute, $0.blurredMask) = (1, 1.0 / 16) },
        "deepFaceLab": .deepFaceLab(features: true), "faceswap": .faceswap, "article": .article,
    ]

    /// Faces of person b with their measures; eyes and mouth are discs.
    private func example(in folder: URL) throws -> (truth: TrueFaces, measured: Tensor) {
        let file = try DrawnFaces.set("b", count: 20, in: folder).file
        let (count, inner) = (12, 4..<36)
        func pictures(_ name: String) throws -> Tensor {
            let all = try Tensor(name, rows: 0..<count, in: file).to(.float32) / 255
            let planes =
                all.shape.count == 4 ? try all.permuted(0, 3, 1, 2) : try all.reshaped(count, 1, 40, 40)
            return try planes.slice(inner, axis: 2).slice(inner, axis: 3).contiguous()
        }
        func disc(_ x: Int, _ y: Int) throws -> Tensor {
            let values = (0..<32 * 32).map { index -> Float in
                let (dx, dy) = (index % 32 - x, index / 32 - y)
                return dx * dx + dy * dy < 12 ? 1 : 0
            }
            return try Tensor(values, shape: [1, 1, 32, 32]).expanded(count, 1, 32, 32)
        }
        let measures = try Tensor("measures", rows: 0..<count, in: file)
        let mark = try Tensor(repeating: 0.5, shape: [count, 1])
        return (
            TrueFaces(
                faces: try pictures("images"), mask: try pictures("masks"),
                eyes: try disc(11, 12) + disc(21, 12), mouth: try disc(16, 21)),
            try concatenated([measures, mark], axis: 1)
        )
    }

    @Test("fall within thirty steps", arguments: terms.keys.sorted())
    func falls(_ name: String) throws {
        let settings = try #require(Self.terms[name])
        let folder = try DrawnFaces.scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (truth, measured) = try example(in: folder)
        let store = ParameterStore(seed: 6)
        let network = try HybridNetwork(Scope(store), settings: DrawnFaces.settings, people: ["a", "b"])
        try store.requireGradients()
        let optimizer = try Optimizer(of: store)
        let loss = try ReconstructionLoss(settings, resolution: 32, device: .cpu)
        let crossing = try SwapLoss(settings, resolution: 32, device: .cpu)
        let rows = PeopleRows(of: 1, among: 2, count: 12)
        func total() throws -> Tensor {
            let learned = try network.encode(network.encoderInput(truth.faces), rows: rows)
            let code = LatentCode(learned: learned, measured: measured)
            return try loss(network.draw(code, as: 1, morph: 1), truth).loss
                + crossing(network.draw(code, as: 0, morph: 1), target: truth)
        }
        let before = try withoutGradient { try total().item() }
        for _ in 0..<30 {
            try total().backward()
            try optimizer.step(rate: 5e-3, clip: 1)
        }
        let after = try withoutGradient { try total().item() }
        #expect(after < 0.7 * before, "\(before) → \(after)")
    }
}
