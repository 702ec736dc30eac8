import CTorch

extension Tensor {
    /// Sum over the given axes (all if none are given).
    package func sum(_ axes: Int..., keep: Bool = false) throws -> Tensor {
        let axes = (axes.isEmpty ? Array(shape.indices) : axes).map(Int64.init)
        return try Engine.tensor { ct_sum(handle, axes, Int32(axes.count), keep, $0, $1) }
    }

    /// Mean over the given axes (all if none are given).
    package func mean(_ axes: Int..., keep: Bool = false) throws -> Tensor { try mean(axes, keep: keep) }

    package func mean(_ axes: [Int], keep: Bool = false) throws -> Tensor {
        let axes = (axes.isEmpty ? Array(shape.indices) : axes).map(Int64.init)
        return try Engine.tensor { ct_mean(handle, axes, Int32(axes.count), keep, $0, $1) }
    }

    /// Maximum over the given axes (all if none are given).
    package func amax(_ axes: Int..., keep: Bool = false) throws -> Tensor {
        let axes = (axes.isEmpty ? Array(shape.indices) : axes).map(Int64.init)
        return try Engine.tensor { ct_amax(handle, axes, Int32(axes.count), keep, $0, $1) }
    }

    /// Real 2-D Fourier transform over the last two axes, orthonormal (1/√(H·W)), without the redundant half of the spectrum.
    /// Shapes: `[…, H, W]` → `[…, H, W/2 + 1, 2]`, real and imaginary part last.
    package func fourierTransformed() throws -> Tensor {
        try Engine.tensor { ct_fft_rfft2(handle, $0, $1) }
    }
}

/// Matrix product, batched over the leading axes.
package func matmul(_ a: Tensor, _ b: Tensor) throws -> Tensor {
    try Engine.tensor { ct_matmul(a.handle, b.handle, $0, $1) }
}

/// x · weightᵀ + bias. Shapes: `[N, I]`, weight `[O, I]`, bias `[O]` → `[N, O]`.
package func linear(_ x: Tensor, weight: Tensor, bias: Tensor?) throws -> Tensor {
    try Engine.tensor { ct_linear(x.handle, weight.handle, bias?.handle, $0, $1) }
}

/// Eigenvalues of symmetric matrices in ascending order, and their unit eigenvectors in columns.
/// Shapes: `[…, n, n]` → `[…, n]` and `[…, n, n]`.
package func symmetricEigen(_ x: Tensor) throws -> (values: Tensor, vectors: Tensor) {
    var (values, vectors): (CTTensor?, CTTensor?) = (nil, nil)
    try Engine.call { ct_symmetric_eigen(x.handle, &values, &vectors, $0) }
    guard let values, let vectors else {
        throw TensorError(.invalidOperation, "the engine returned no tensor")
    }
    return (Tensor(handle: values), Tensor(handle: vectors))
}
