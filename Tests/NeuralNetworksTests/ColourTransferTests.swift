import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

/// The reference values come from Tests/References/make-augmentation-references.py, which follows the papers' formulas with
/// eigenvalues and sorting.
@Suite("Colour transfer")
struct ColourTransferTests {
    private let file: SafetensorsFile
    private let pixels: Tensor
    private let source: ColourSample
    private let target: ColourSample

    init() throws {
        file = try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/colours", withExtension: "safetensors")))
        pixels = try Tensor("pixels", in: file)
        source = try ColourSample(
            pixels: Tensor("source", in: file), mask: Tensor("source mask", in: file))
        target = try ColourSample(
            pixels: Tensor("target", in: file), mask: Tensor("target mask", in: file))
    }

    private func differences(_ result: Tensor, _ name: String) throws -> [Float] {
        let wanted = try Tensor(name, in: file)
        #expect(result.shape == wanted.shape)
        return zip(try result.values(as: Float.self), try wanted.values(as: Float.self)).map { abs($0 - $1) }
    }

    /// Nine bases of the references: one a step, or three.
    private func steps(of count: Int) throws -> [Tensor] {
        let all: [Float] = try Tensor("bases", in: file).values()
        return try stride(from: 0, to: all.count, by: 9 * count).map {
            try Tensor(Array(all[$0..<min(all.count, $0 + 9 * count)]), shape: [3 * count, 3])
        }
    }

    @Test("L*a*b* is CIE's, and leads back")
    func lab() throws {
        let lab = try LabColours.lab(pixels)
        #expect(try differences(lab, "lab").allSatisfy { $0 < 2e-3 })
        let back = try LabColours.colours(lab)
        #expect(try differences(back, "pixels").allSatisfy { $0 < 1e-4 })
        // Both branches of both curves.
        let dark = try Tensor((0..<30).map { Float($0) / 300 }, shape: [1, 3, 10])
        let round = try (LabColours.colours(LabColours.lab(dark)) - dark).absolute().values(as: Float.self)
        #expect(round.allSatisfy { $0 < 1e-5 })
    }

    @Test("by moments agrees with NumPy")
    func linear() throws {
        #expect(
            try differences(reinhardTransfer(pixels, from: source, to: target), "rct").allSatisfy {
                $0 < 1e-3
            })
        #expect(
            try differences(linearTransfer(pixels, from: source, to: target), "lct").allSatisfy { $0 < 1e-3 })
        #expect(
            try differences(mongeKantorovitchTransfer(pixels, from: source, to: target), "mkl")
                .allSatisfy { $0 < 1e-3 })
    }

    /// The tables have 64 points, where NumPy sorts, and what one base leaves undone the next moves on: agreement is to
    /// a few steps of 255 (idt, a base at a time: up to nine).
    @Test("of whole distributions agrees with sorting", arguments: [("idt", 1), ("sot", 3)])
    func sliced(name: String, bases: Int) throws {
        let moved = try slicedTransfer(
            source.pixels, from: source, to: target, steps: steps(of: bases))
        let wanted = try Tensor(name, in: file).slice(0..<source.pixels.shape[2], axis: 2)
        let counted = try ((moved - wanted).absolute() * source.weights).sum(2).values(as: Float.self)
        #expect(
            counted.allSatisfy { $0 < (bases == 1 ? 0.04 : 0.012) }, "mean differences a channel: \(counted)")
    }

    @Test("gives the source the target's statistics", arguments: ColourTransfer.allCases)
    func statistics(method: ColourTransfer) throws {
        var numbers = RandomNumbers(seed: 3, stream: 1)
        let moved = try method(source.pixels, from: source, to: target, numbers: &numbers)
        func lab(_ pixels: Tensor, _ sample: ColourSample) throws -> (mean: Tensor, deviation: Tensor) {
            let space = try method == .rct ? LabColours.lab(pixels) / 100 : pixels
            let mean = try (space * sample.weights).sum(2, keep: true)
            return (mean, try ((space - mean).squared() * sample.weights).sum(2, keep: true).squareRoot())
        }
        let (new, wanted) = (try lab(moved, source), try lab(target.pixels, target))
        let means = try (new.mean - wanted.mean).absolute().values(as: Float.self)
        let deviations = try (new.deviation - wanted.deviation).absolute().values(as: Float.self)
        // Of rct's colours some lie outside of 0…1 in the first face, and are cut off there.
        let tolerance: Float = [.rct: 0.02, .idt: 0.01, .sot: 0.01][method] ?? 1.5e-3
        if method == .none {
            #expect(means.contains { $0 > 0.05 })
        } else {
            #expect(
                means.allSatisfy { $0 < tolerance } && deviations.allSatisfy { $0 < tolerance },
                "means \(means), deviations \(deviations)")
        }
    }

    @Test("stays finite where the mask is empty or a face has one colour", arguments: ColourTransfer.allCases)
    func degenerate(method: ColourTransfer) throws {
        var numbers = RandomNumbers(seed: 3, stream: 1)
        let flat = try ColourSample(
            pixels: Tensor(repeating: 0.5, shape: [2, 3, 16]), mask: Tensor(repeating: 0, shape: [2, 1, 16]))
        for (one, other) in [(flat, target), (source, flat), (flat, flat)] {
            let moved = try method(pixels, from: one, to: other, numbers: &numbers).values(as: Float.self)
            let finite = moved.allSatisfy { $0.isFinite }
            #expect(finite)
        }
    }

    @Test("turns about axes that are orthogonal and of unit length")
    func bases() {
        var numbers = RandomNumbers(seed: 9, stream: 0)
        for _ in 0..<20 {
            let basis = randomBasis(&numbers)
            for row in 0..<3 {
                for other in 0..<3 {
                    let product = (0..<3).reduce(Float(0)) {
                        $0 + basis[row * 3 + $1] * basis[other * 3 + $1]
                    }
                    #expect(abs(product - (row == other ? 1 : 0)) < 1e-5)
                }
            }
        }
    }
}
