import Tensors

/// Fully connected layer without activation.
///
/// Shapes: `[N, inputs]` → `[N, outputs]`. Parameters: `weight [outputs, inputs]`, `bias [outputs]`.
package struct Dense: Layer {
    package let weight: Tensor
    package let bias: Tensor
    private let tally: OperationCounter?

    package init(
        _ scope: Scope, inputs: Int, outputs: Int, initial: InitialValue = .scaledNormal(gain: 1)
    ) throws {
        weight = try scope.parameter("weight", shape: [outputs, inputs], initial: initial)
        bias = try scope.parameter("bias", shape: [outputs], initial: .zeros)
        tally = scope.store.tally
    }

    package func callAsFunction(_ x: Tensor) throws -> Tensor {
        let result = try linear(x, weight: weight, bias: bias)
        tally?.add(x, result, each: weight.shape[1])
        return result
    }
}
