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

    package init(
        _ scope: Scope, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
        initial: InitialValue = .scaledNormal(gain: 2.0.squareRoot())
    ) throws {
        weight = try scope.parameter(
            "weight", shape: [outputs, inputs / groups, kernel, kernel], initial: initial)
        bias = try scope.parameter("bias", shape: [outputs], initial: .zeros)
        self.stride = stride
        self.groups = groups
    }

    package func callAsFunction(_ x: Tensor) throws -> Tensor {
        try conv2d(
            x, weight: weight, bias: bias, stride: Extent(stride), padding: Extent(weight.shape[2] / 2),
            groups: groups)
    }
}
