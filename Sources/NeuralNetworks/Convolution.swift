import Tensors

/// Convolution with "same" zero padding for odd kernels.
///
/// Shapes: `[N, inputs, H, W]` → `[N, outputs, ⌈H/stride⌉, ⌈W/stride⌉]`.
/// Parameters: `weight [outputs, inputs/groups, kernel, kernel]`, `bias [outputs]`.
package struct Convolution: Layer {
    package let weight: Tensor
    package let bias: Tensor
    private let stride: Int
    private let groups: Int
    private let tally: OperationCounter?

    package init(
        _ scope: Scope, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
        initial: InitialValue = .scaledNormal(gain: 2.0.squareRoot())
    ) throws {
        weight = try scope.parameter(
            "weight", shape: [outputs, inputs / groups, kernel, kernel], initial: initial)
        bias = try scope.parameter("bias", shape: [outputs], initial: .zeros)
        self.stride = stride
        self.groups = groups
        tally = scope.store.tally
    }

    package var kernel: Int { weight.shape[2] }

    package func callAsFunction(_ x: Tensor) throws -> Tensor { try self(x, weight: weight, bias: bias) }

    /// The same convolution with given weights, such as the concatenated weights of several layers.
    package func callAsFunction(_ x: Tensor, weight: Tensor, bias: Tensor) throws -> Tensor {
        let result = try conv2d(
            x, weight: weight, bias: bias, stride: Extent(stride), padding: Extent(weight.shape[2] / 2),
            groups: groups)
        tally?.add(x, result, each: weight.count / weight.shape[0])
        return result
    }
}
