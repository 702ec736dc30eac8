import CTorch

package func relu(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_relu(x.handle, $0, $1) } }

/// x where positive, slope · x elsewhere.
package func leakyReLU(_ x: Tensor, slope: Double) throws -> Tensor {
    try Engine.tensor { ct_leaky_relu(x.handle, slope, $0, $1) }
}

/// In-place leaky ReLU, which saves the memory of one of the two tensors. The slope must not be negative, and no operation
/// but the one that made x may need x's values in the backward pass; otherwise LibTorch throws.
package func leakyReLU(consuming x: Tensor, slope: Double) throws -> Tensor {
    try Engine.tensor { ct_leaky_relu_in_place(x.handle, slope, $0, $1) }
}

/// Leaky ReLU with a learned slope per channel. Shapes: `[N, C, …]`, slope `[C]` or `[1]`.
package func prelu(_ x: Tensor, slope: Tensor) throws -> Tensor {
    try Engine.tensor { ct_prelu(x.handle, slope.handle, $0, $1) }
}

package func sigmoid(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_sigmoid(x.handle, $0, $1) } }

/// x · sigmoid(x) (swish).
package func silu(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_silu(x.handle, $0, $1) } }

package func hardSwish(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_hardswish(x.handle, $0, $1) } }

package func tanh(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_tanh(x.handle, $0, $1) } }
