import Tensors

/// Fully connected layer without activation.
///
/// Shapes: `[N, inputs]` → `[N, outputs]`. Parameters: `weight [outputs, inputs]`, `bias [outputs]`.
package struct Dense: Layer {
    package let weight: Tensor
    package let bias: Tensor

    package init(
        _ scope: Scope, inputs: Int, outputs: Int, initial: InitialValue = .scaledNormal(gain: 1)
    ) throws {
        weight = try scope.parameter("weight", shape: [outputs, inputs], initial: initial)
        bias = try scope.parameter("bias", shape: [outputs], initial: .zeros)
    }

    package func callAsFunction(_ x: Tensor) throws -> Tensor { try linear(x, weight: weight, bias: bias) }
}
