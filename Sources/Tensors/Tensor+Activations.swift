import CTorch

package func relu(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_relu(x.handle, $0, $1) } }

/// x where positive, slope · x elsewhere.
package func leakyReLU(_ x: Tensor, slope: Double) throws -> Tensor {
    try Engine.tensor { ct_leaky_relu(x.handle, slope, $0, $1) }
}

/// The same in place, which saves the memory of a copy. The slope must not be negative, and the layer that
/// produced x must not need its values in the backward pass; LibTorch throws an error if it does.
package func leakyReLU(consuming x: Tensor, slope: Double) throws -> Tensor {
    try Engine.tensor { ct_leaky_relu_in_place(x.handle, slope, $0, $1) }
}

/// PReLU: leaky ReLU with a learned slope per channel. Shapes: `[N, C, …]`, slope `[C]` or `[1]`.
package func prelu(_ x: Tensor, slope: Tensor) throws -> Tensor {
    try Engine.tensor { ct_prelu(x.handle, slope.handle, $0, $1) }
}

package func sigmoid(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_sigmoid(x.handle, $0, $1) } }

/// SiLU (swish): x · sigmoid(x).
package func silu(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_silu(x.handle, $0, $1) } }

package func hardSwish(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_hardswish(x.handle, $0, $1) } }

package func tanh(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_tanh(x.handle, $0, $1) } }
