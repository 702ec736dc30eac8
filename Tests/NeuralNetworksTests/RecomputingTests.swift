import Foundation
import NeuralNetworks
import Tensors
import Testing

@Suite("Recomputing")
struct RecomputingTests {
    private func random(_ shape: [Int], _ name: String) throws -> Tensor {
        var numbers = RandomNumbers(seed: 4, name: name)
        return try Tensor((0..<shape.reduce(1, *)).map { _ in numbers.normal() }, shape: shape)
    }

    private func gradients(
        _ tensors: [Tensor], _ loss: () throws -> Tensor
    ) throws -> [[Double]] {
        for tensor in tensors { try tensor.requireGradient() }
        try loss().backward()
        return try tensors.map { tensor in
            defer { try? ParameterUpdates.clearGradients([tensor]) }
            return try #require(try tensor.gradient()).values(as: Double.self)
        }
    }

    @Test("gives the gradients of inputs and of captured parameters, one function within another")
    func gradients() throws {
        let (x, weight) = (try random([3, 4], "x"), try random([5, 4], "weight"))
        let other = try random([5, 5], "other")
        func layer(_ x: Tensor) throws -> [Tensor] {
            let first = try tanh(linear(x, weight: weight, bias: nil))
            return [try linear(first, weight: other, bias: nil), first]
        }
        func loss(_ outputs: [Tensor]) throws -> Tensor {
            try outputs[0].squared().sum() + (outputs[1] * 3).exponential().sum()
        }
        let plain = try gradients([x, weight, other]) { try loss(layer(x * 2)) }
        let again = try gradients([x, weight, other]) {
            try loss(recomputed([x * 2]) { try layer($0[0]) })
        }
        #expect(again == plain)
        let nested = try gradients([x, weight, other]) {
            try loss(
                recomputed([x * 2]) { outer in try recomputed([outer[0]]) { try layer($0[0]) } })
        }
        #expect(nested == plain)
    }

    @Test("needs no input that wants a gradient, and leaves results that nobody uses alone")
    func captured() throws {
        let (x, weight) = (try random([3, 4], "x"), try random([5, 4], "weight"))
        func layer(_ x: Tensor) throws -> [Tensor] {
            [try linear(x, weight: weight, bias: nil), x]
        }
        let plain = try gradients([weight]) { try layer(x)[0].squared().sum() }
        let again = try gradients([weight]) {
            try recomputed([x]) { try layer($0[0]) }[0].squared().sum()
        }
        #expect(again == plain)
    }

    @Test("runs the function again on the way back and not before, and lets everything go")
    func calls() throws {
        let weight = try random([5, 4], "weight")
        try weight.requireGradient()
        let before = try Engine.liveTensors()
        var calls = 0
        do {
            let result = try recomputed([random([3, 4], "x")]) {
                calls += 1
                return [try linear($0[0], weight: weight, bias: nil)]
            }[0]
            #expect(calls == 1)
            try result.sum().backward()
            #expect(calls == 2)
            _ = try withoutGradient { try recomputed([result]) { [try $0[0] * 2] } }
        }
        #expect(try Engine.liveTensors() == before)
    }

    @Test("passes on what the function throws, the first time and the second")
    func errors() throws {
        let weight = try random([5, 4], "weight")
        try weight.requireGradient()
        var fails = true
        func run() throws -> Tensor {
            try recomputed([random([3, 4], "x")]) {
                if fails { throw TensorError(.outOfMemory, "the shelf is full") }
                return [try linear($0[0], weight: weight, bias: nil)]
            }[0]
        }
        let first = #expect(throws: TensorError.self) { try run() }
        #expect(first?.code == .outOfMemory && first?.message.contains("the shelf is full") == true)
        fails = false
        let result = try run().sum()
        fails = true
        let second = #expect(throws: TensorError.self) { try result.backward() }
        #expect(second?.code == .outOfMemory)
    }

    @Test("bfloat16 is what products run in, and ends with its scope; parameters and gradients stay float32")
    func precision() throws {
        let x = try random([3, 4], "x").to(.float32)
        let weight = try random([5, 4], "weight").to(.float32).detached()
        try weight.requireGradient()
        let inner = try inReducedPrecision(on: .cpu) {
            _ = try inReducedPrecision(on: .cpu) { try linear(x, weight: weight, bias: nil) }
            return try linear(x, weight: weight, bias: nil)
        }
        #expect(inner.elementType == .bfloat16)
        #expect(try linear(x, weight: weight, bias: nil).elementType == .float32)
        try inner.to(.float32).sum().backward()
        #expect(weight.elementType == .float32)
        #expect(try weight.gradient()?.elementType == .float32)
        struct Stop: Error {}
        #expect(throws: Stop.self) { try inReducedPrecision(on: .cpu) { throw Stop() } }
        #expect(try linear(x, weight: weight, bias: nil).elementType == .float32)
    }
}
