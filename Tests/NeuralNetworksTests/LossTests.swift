import Foundation
import NeuralNetworks
import Safetensors
import Tensors
import Testing

/// What pictures are compared by, against PyTorch (Tests/References/make-loss-references.py) and finite differences.
@Suite("Losses")
struct LossTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let run: @Sendable (_ a: Tensor, _ b: Tensor, _ mask: Tensor) throws -> Tensor
        var testDescription: String { name }

        init(
            _ name: String,
            _ run: @escaping @Sendable (_ a: Tensor, _ b: Tensor, _ mask: Tensor) throws -> Tensor
        ) {
            self.name = name
            self.run = run
        }
    }

    static let cases: [Case] = [
        Case("dssim one window") { a, b, _ in try dissimilarity(a, [11])(a, b) },
        Case("dssim two windows") { a, b, _ in try dissimilarity(a, [23, 11])(a, b) },
        Case("multiscale") { a, b, _ in try multiScale(a)(a, b) },
        Case("multiscale weighted") { a, b, mask in try multiScale(a)(a, b, weight: mask) },
        Case("gradient") { a, b, _ in try gradientDifference(a, b) },
        Case("frequency") { a, b, _ in try focalFrequencyDifference(a, b) },
        Case("frequency odd") { a, b, _ in
            let width = 0..<(a.shape[3] - 1 + a.shape[3] % 2)
            return try focalFrequencyDifference(a.slice(width, axis: 3), b.slice(width, axis: 3))
        },
        Case("moments") { a, b, mask in
            try LocalMoments(height: a.shape[2], width: a.shape[3], sigma: 2.5, type: a.elementType)
                .difference(a, b, mask: mask)
        },
    ]

    private static func dissimilarity(_ a: Tensor, _ windows: [Int]) throws -> StructuralDissimilarity {
        try StructuralDissimilarity(
            height: a.shape[2], width: a.shape[3], windows: windows, type: a.elementType)
    }

    private static func multiScale(_ a: Tensor) throws -> MultiScaleSimilarity {
        try MultiScaleSimilarity(height: a.shape[2], width: a.shape[3], type: a.elementType)
    }

    private func golden() throws -> SafetensorsFile {
        try SafetensorsFile(
            mapping: try #require(
                Bundle.module.url(forResource: "Golden/losses", withExtension: "safetensors")))
    }

    @Test("agree with their plain definitions in PyTorch", arguments: cases)
    func reference(_ test: Case) throws {
        let file = try golden()
        func input(_ name: String) throws -> Tensor { try Tensor("in.\(name)", in: file) }
        let result = try test.run(input("a"), input("b"), input("mask"))
        let expected = try Tensor("out.\(test.name)", in: file)
        #expect(result.shape == expected.shape)
        let pairs = zip(try result.contiguous().values(as: Float.self), try expected.values(as: Float.self))
        let worst = pairs.map { abs($0 - $1) / (1e-4 * abs($1) + 2e-6) }.max() ?? .infinity
        #expect(worst <= 1, "\(worst) times the tolerance")
    }

    @Test("are all covered by the references")
    func complete() throws {
        let outputs = try golden().names.filter { $0.hasPrefix("out.") }.map { String($0.dropFirst(4)) }
        #expect(Set(outputs) == Set(Self.cases.map(\.name)))
    }

    /// Two pictures in float64 that differ everywhere, so that no absolute value is taken near its kink.
    private func pictures(height: Int = 17, width: Int = 18) throws -> (a: Tensor, b: Tensor, mask: Tensor) {
        var numbers = RandomNumbers(seed: 5, name: "losses")
        func even(_ range: ClosedRange<Double>, channels: Int) throws -> Tensor {
            try Tensor(
                (0..<channels * height * width).map { _ in numbers.uniform(range) },
                shape: [1, channels, height, width])
        }
        let a = try even(0.1...0.9, channels: 2)
        return (a, try a * 0.8 + even(0...0.2, channels: 2), try even(0...1, channels: 1))
    }

    @Test("have the gradients that finite differences show", arguments: cases)
    func gradients(_ test: Case) throws {
        let (a, b, mask) = try pictures()
        // The focal weights are taken as constants, so that their share of the slope is missing on purpose: a picture
        // with one frequency alone, whose weight is 1 whatever its height, has none.
        let x = test.name.hasPrefix("frequency") ? try b + 0.3 : a
        try x.requireGradient()
        func loss() throws -> Tensor { try test.run(x, b, mask).squared().sum() }
        try loss().backward()
        let analytic = try #require(try x.gradient()).values(as: Double.self)
        let values = try x.values(as: Double.self)
        let scale = analytic.map(abs).max() ?? 0
        #expect(scale > 0)
        let step = 1e-6
        for index in stride(from: 3, to: values.count, by: values.count / 16) {
            func shifted(_ offset: Double) throws -> Double {
                var moved = values
                moved[index] += offset
                return try withoutGradient {
                    try x.assign(Tensor(moved, shape: x.shape))
                    return try loss().item()
                }
            }
            let numeric = try (shifted(step) - shifted(-step)) / (2 * step)
            #expect(abs(numeric - analytic[index]) <= 1e-5 * scale, "\(index)")
        }
    }

    /// Float32 runs a narrow window along each axis, float64 takes products with matrices.
    @Test("a narrow window's means, and their gradient, are those of the products with matrices")
    func narrowWindow() throws {
        let (height, width) = (40, 50)
        let (a, b, _) = try pictures(height: height, width: width)
        func similarity(_ type: ElementType) throws -> (map: Tensor, gradient: Tensor) {
            let x = try a.to(type).copied()
            try x.requireGradient()
            let map = try StructuralSimilarity(height: height, width: width, type: type)(x, b.to(type))
            try map.squared().sum().backward()
            return (map, try #require(try x.gradient()))
        }
        let (narrow, plain) = (try similarity(.float32), try similarity(.float64))
        for (value, wanted) in [(narrow.map, plain.map), (narrow.gradient, plain.gradient)] {
            #expect(value.shape == wanted.shape)
            let difference = try (value.to(.float64) - wanted).absolute().amax(0, 1, 2, 3).item()
            #expect(try difference <= 1e-4 * wanted.absolute().amax(0, 1, 2, 3).item())
        }
    }

    /// A picture of even noise.
    private func noise(side: Int, _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 7, name: name)
        return try Tensor(
            (0..<side * side).map { _ in Float(numbers.uniform()) }, shape: [1, 1, side, side])
    }

    @Test("a wider window sees another scale, because its deviation grows with it")
    func windowsDiffer() throws {
        let side = 64
        // Fine grain on coarse shapes: a narrow window sees the grain alone, a wide one the shapes too.
        let a = try resizedBilinear(noise(side: 8, "a"), height: side, width: side)
        let b = try a + noise(side: side, "b") * 0.2
        func similarity(_ window: Int, _ sigma: Double) throws -> Double {
            try StructuralSimilarity(height: side, width: side, window: window, sigma: sigma)(a, b).mean()
                .item()
        }
        // With one deviation for both, as in DeepFaceLab, the second window adds nothing.
        let mistaken = try abs(similarity(23, 1.5) - similarity(11, 1.5))
        #expect(mistaken < 1e-3)
        func dissimilarity(_ windows: [Int]) throws -> Double {
            try StructuralDissimilarity(height: side, width: side, windows: windows)(a, b).mean().item()
        }
        let (narrow, wide) = (try dissimilarity([11]), try dissimilarity([23]))
        #expect(narrow - wide > 0.03)
        #expect(try abs(dissimilarity([11, 23]) - (wide + narrow) / 2) < 1e-6)
        #expect(StructuralDissimilarity.windows(side: 128) == [11])
        #expect(StructuralDissimilarity.windows(side: 256) == [23, 11])
        #expect(abs(StructuralDissimilarity.sigma(window: 23) - 3.136) < 1e-3)
    }

    @Test("scales see what is as coarse as they are")
    func scales() throws {
        let side = 128
        let similarity = try MultiScaleSimilarity(height: side, width: side)
        #expect(similarity.count == 5)
        #expect(try MultiScaleSimilarity(height: 32, width: 32).count == 3)
        func pattern(period: Int) throws -> Tensor {
            let values = (0..<side * side).map { index -> Float in
                (index / side / period + index % side / period) % 2 == 0 ? 0.1 : -0.1
            }
            return try Tensor(values, shape: [1, 1, side, side])
        }
        let base = try resizedBilinear(noise(side: 16, "base"), height: side, width: side)
        let plain = try StructuralSimilarity(height: side, width: side)
        func both(period: Int) throws -> (one: Double, many: Double) {
            let other = try base + pattern(period: period)
            return (try plain(base, other).mean().item(), try similarity(base, other).item())
        }
        let (fine, coarse) = (try both(period: 1), try both(period: 16))
        // A chessboard of single pixels is gone after one halving; one of 16 pixels is there to the last scale.
        #expect(fine.many > fine.one + 0.3)
        #expect(coarse.many < fine.many - 0.1)
        let same = try similarity(base, base).item()
        #expect(abs(same - 1) < 1e-5)
    }

    @Test("the style of a face is that of its shuffled pixels, and not that of a recoloured one")
    func style() throws {
        let side = 32
        let moments = try LocalMoments(height: side, width: side, sigma: 8)
        let mask = try Tensor(repeating: 1, shape: [1, 1, side, side])
        let face = try noise(side: side, "face")
        let mirrored = try Tensor(face.values(as: Float.self).reversed(), shape: face.shape)
        let still = try moments.difference(face, mirrored, mask: mask).item()
        let recoloured = try moments.difference(face, mirrored * 0.5 + 0.4, mask: mask).item()
        #expect(still < 2e-3 && recoloured > 10 * still)
        // What happens outside the mask is nobody's business.
        let half = try Tensor(
            (0..<side * side).map { Float($0 % side < side / 2 ? 1 : 0) }, shape: mask.shape)
        let outside = try moments.difference(face, face + (1 - half) * 0.5, mask: half).item()
        #expect(outside == 0)
    }
}
