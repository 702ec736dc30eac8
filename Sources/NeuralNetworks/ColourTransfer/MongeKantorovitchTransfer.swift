import Tensors

/// Matches mean and covariance by the linear map with minimal displacement of colours: T = S^−½ (S^½ Σ_t
/// S^½)^½ S^−½, with S the source's covariance (Pitié and Kokaram, "The linear Monge-Kantorovitch linear
/// colour mapping for example-based colour transfer", 2007, equation 11).
///
/// Shapes: pixels `[N, 3, P]` → `[N, 3, P]`.
package func mongeKantorovitchTransfer(
    _ pixels: Tensor, from source: ColourSample, to target: ColourSample
) throws -> Tensor {
    let old = try SquareRoots(of: source.covariance())
    let between = try SquareRoots(of: matmul(matmul(old.root, target.covariance()), old.root))
    let map = try matmul(matmul(old.inverseRoot, between.root), old.inverseRoot)
    return try matmul(map, pixels - source.mean()) + target.mean()
}

/// Square roots of symmetric positive definite matrices and of their inverses, by matrix products only (the
/// coupled Newton-Schulz iteration; Higham, "Functions of Matrices", 2008, equation 6.35): an eigenvalue
/// routine would synchronise with the device.
struct SquareRoots {
    /// `[N, n, n]` both.
    let root: Tensor
    let inverseRoot: Tensor

    /// Small eigenvalues, λ of the trace, need log(1/√λ)/log(1.5) steps to converge: 20 steps suffice for λ ≥
    /// 10⁻⁵.
    static let steps = 20

    init(of matrix: Tensor) throws {
        let size = matrix.shape[2]
        let identity = try Tensor(
            (0..<size * size).map { Float($0 % (size + 1) == 0 ? 1 : 0) }, shape: [size, size],
            device: matrix.device)
        let trace = try (matrix * identity).sum(1, 2, keep: true)
        var y = try matrix / trace
        var z = try identity + y * 0
        for _ in 0..<Self.steps {
            let factor = try (identity * 3 - matmul(z, y)) * 0.5
            (y, z) = (try matmul(y, factor), try matmul(factor, z))
        }
        let length = try trace.squareRoot()
        root = try y * length
        inverseRoot = try z / length
    }
}
