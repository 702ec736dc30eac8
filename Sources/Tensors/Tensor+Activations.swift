import CTorch

package func relu(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_relu(x.handle, $0, $1) } }

/// x where positive, slope · x elsewhere.
package func leakyReLU(_ x: Tensor, slope: Double) throws -> Tensor {
    try Engine.tensor { ct_leaky_relu(x.handle, slope, $0, $1) }
}

/// The same, written over x, which saves the memory of one of the two. The slope must not be negative, and nothing but
/// the layer that made x may have wanted its values for the way back; LibTorch says so where it did.
package func leakyReLU(consuming x: Tensor, slope: Double) throws -> Tensor {
    try Engine.tensor { ct_leaky_relu_in_place(x.handle, slope, $0, $1) }
}

/// Leaky ReLU with a learned slope a channel. Shapes: `[N, C, …]`, slope `[C]` or `[1]`.
package func prelu(_ x: Tensor, slope: Tensor) throws -> Tensor {
    try Engine.tensor { ct_prelu(x.handle, slope.handle, $0, $1) }
}

package func sigmoid(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_sigmoid(x.handle, $0, $1) } }

/// x · sigmoid(x) (swish).
package func silu(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_silu(x.handle, $0, $1) } }

package func hardSwish(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_hardswish(x.handle, $0, $1) } }

package func tanh(_ x: Tensor) throws -> Tensor { try Engine.tensor { ct_tanh(x.handle, $0, $1) } }
