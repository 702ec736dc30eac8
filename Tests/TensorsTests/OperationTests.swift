import Foundation
import Safetensors
import Tensors
import Testing

/// Whole-tensor agreement with PyTorch; the values come from Tests/References/make-references.py.
@Suite("Operations")
struct OperationTests {
    struct Inputs {
        let file: SafetensorsFile
        subscript(name: String) -> Tensor { get throws { try Tensor("in.\(name)", in: file) } }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let run: @Sendable (Inputs) throws -> Tensor
        var testDescription: String { name }

        init(_ name: String, _ run: @escaping @Sendable (Inputs) throws -> Tensor) {
            self.name = name
            self.run = run
        }
    }

    static let elementwise: [Case] = [
        Case("add") { try $0["x"] + $0["y"] },
        Case("subtract") { try $0["x"] - $0["y"] },
        Case("multiply") { try $0["x"] * $0["y"] },
        Case("divide") { try $0["x"] / $0["y"] },
        Case("scalars") { try (2 - $0["x"] * 3 + 1) / 4 },
        Case("maximum") { try maximum($0["x"], $0["y"]) },
        Case("minimum") { try minimum($0["x"], $0["y"]) },
        Case("clamp") { try $0["x"].clamped(-0.5...0.5) },
        Case("abs") { try $0["x"].absolute() },
        Case("square") { try $0["x"].squared() },
        Case("sqrt") { try $0["positive"].squareRoot() },
        Case("rsqrt") { try $0["positive"].reciprocalSquareRoot() },
        Case("log") { try $0["positive"].logarithm() },
        Case("exp") { try $0["x"].exponential() },
        Case("cos") { try $0["x"].cosine() },
        Case("tanh") { try tanh($0["x"]) },
        Case("sigmoid") { try sigmoid($0["x"]) },
        Case("relu") { try relu($0["x"]) },
        Case("silu") { try silu($0["x"]) },
        Case("hardswish") { try hardSwish($0["x"]) },
        Case("leaky") { try leakyReLU($0["x"], slope: 0.1) },
        Case("leaky in place") { try leakyReLU(consuming: $0["x"], slope: 0.1) },
        Case("prelu") { try prelu($0["x"], slope: $0["slope"]) },
    ]

    static let shapes: [Case] = [
        Case("sum") { try $0["x"].sum(1, 3) },
        Case("mean") { try $0["x"].mean(2, keep: true) },
        Case("mean all") { try $0["x"].mean() },
        Case("greatest") { try $0["x"].amax(1, 3) },
        Case("fourier") { try $0["x"].fourierTransformed() },
        Case("matmul") { try matmul($0["matrix"], $0["other"]) },
        Case("linear") { try linear($0["matrix"], weight: $0["dense"], bias: $0["bias7"]) },
        Case("eigenvalues") { try symmetricEigen($0["symmetric"]).values },
        Case("eigenvectors") {
            // An eigenvector's sign is arbitrary: normalised to a positive sum.
            let vectors = try symmetricEigen($0["symmetric"]).vectors
            let sums = try vectors.sum(1, keep: true)
            return try vectors * (sums / sums.absolute())
        },
        Case("concatenate") { try concatenated([$0["x"], $0["y"]], axis: 1) },
        Case("slice") { try $0["x"].slice(1..<4, axis: 1, step: 2) },
        Case("split") { try $0["x"].split([1, 3], axis: 1)[1] },
        Case("gather") { try $0["x"].indexSelect($0["index"]) },
        Case("pad") { try $0["x"].padded([1, 2, 0, 3], value: 0.5) },
        Case("shuffle") { try $0["x"].pixelShuffled(2) },
        Case("unshuffle") { try $0["x"].pixelUnshuffled(2) },
    ]

    static let layers: [Case] = [
        Case("conv2d") {
            try conv2d($0["x"], weight: $0["weight"], bias: $0["bias"], stride: 2, padding: 1, groups: 2)
        },
        Case("conv2d dilated") {
            try conv2d(
                $0["x"], weight: $0["weight"], bias: nil, padding: Extent(2, 1), dilation: Extent(2, 1),
                groups: 2)
        },
        Case("transposed convolution") {
            try convTranspose2d($0["x"], weight: $0["transposed"], bias: $0["bias3"], stride: 2)
        },
        Case("group norm") { try groupNorm($0["x"], groups: 2, weight: $0["scale"], bias: $0["shift"]) },
        Case("max pool") { try maxPool2d($0["x"], kernel: 3, stride: 2, padding: 1) },
        Case("average pool") { try averagePool2d($0["x"], kernel: 2, stride: 2) },
        Case("nearest") { try resizedNearest($0["x"], height: 9, width: 12) },
        Case("bilinear") { try resizedBilinear($0["x"], height: 9, width: 12) },
        Case("bilinear corners") { try resizedBilinear($0["x"], height: 9, width: 12, alignCorners: true) },
        Case("affine grid") { try affineGrid($0["theta"], height: 5, width: 7) },
        Case("grid sample zeros") { try gridSample($0["x"], grid: $0["grid"], outside: .zeros) },
        Case("grid sample edge") { try gridSample($0["x"], grid: $0["grid"], outside: .nearestEdge) },
    ]

    @Test("agree with PyTorch", arguments: elementwise + shapes + layers)
    func reference(_ test: Case) throws {
        let url = try #require(
            Bundle.module.url(forResource: "Golden/operations", withExtension: "safetensors"))
        let file = try SafetensorsFile(mapping: url)
        let result = try test.run(Inputs(file: file))
        let expected = try Tensor("out.\(test.name)", in: file)
        #expect(result.shape == expected.shape)
        for (value, wanted) in zip(try result.values(as: Float.self), try expected.values(as: Float.self)) {
            #expect(abs(value - wanted) <= 1e-5 * abs(wanted) + 2e-6)
        }
    }

    @Test("are all covered by the references")
    func complete() throws {
        let url = try #require(
            Bundle.module.url(forResource: "Golden/operations", withExtension: "safetensors"))
        let outputs = try SafetensorsFile(mapping: url).names.filter { $0.hasPrefix("out.") }.map {
            $0.dropFirst(4)
        }
        let names = (Self.elementwise + Self.shapes + Self.layers).map(\.name)
        #expect(Set(outputs.map(String.init)) == Set(names))
    }
}
