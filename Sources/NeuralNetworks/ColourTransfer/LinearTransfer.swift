import Tensors

/// Matches mean and covariance by the map L_t · L_s⁻¹ of the covariances' Cholesky factors (Pitié and
/// Kokaram, "The linear Monge-Kantorovitch linear colour mapping", 2007, section 3.2).
///
/// Shapes: pixels `[N, 3, P]` → `[N, 3, P]`.
package func linearTransfer(
    _ pixels: Tensor, from source: ColourSample, to target: ColourSample
) throws -> Tensor {
    let old = try LowerTriangle(ofCovariance: source.covariance())
    let new = try LowerTriangle(ofCovariance: target.covariance())
    let map = try matmul(new.matrix(), old.inverse())
    return try matmul(map, pixels - source.mean()) + target.mean()
}

/// Cholesky factors of 3 × 3 matrices in closed form: a library routine would synchronise with the device to
/// check for success. All entries are `[N, 1, 1]`.
struct LowerTriangle {
    private let a, b, c, d, e, f: Tensor  // rows: a; b c; d e f
    private let zero: Tensor

    /// - Parameter matrix: `[N, 3, 3]`, symmetric and positive definite.
    init(ofCovariance matrix: Tensor) throws {
        func entry(_ row: Int, _ column: Int) throws -> Tensor {
            try matrix.slice(row..<row + 1, axis: 1).slice(column..<column + 1, axis: 2)
        }
        /// Clamped, because rounding may give slightly negative values.
        func root(_ square: Tensor) throws -> Tensor { try square.clamped(1e-9...1e9).squareRoot() }
        a = try root(entry(0, 0))
        b = try entry(1, 0) / a
        d = try entry(2, 0) / a
        c = try root(entry(1, 1) - b.squared())
        e = try (entry(2, 1) - d * b) / c
        f = try root(entry(2, 2) - d.squared() - e.squared())
        zero = try a * 0
    }

    /// `[N, 3, 3]`
    func matrix() throws -> Tensor { try Self.rows([a, zero, zero, b, c, zero, d, e, f]) }

    /// `[N, 3, 3]`
    func inverse() throws -> Tensor {
        let one = try zero + 1
        let (ia, ic, ii) = (try one / a, try one / c, try one / f)
        let ib = try b.negated() * ia * ic
        let ie = try e.negated() * ic * ii
        let id = try (d.negated() * ia - e * ib) * ii
        return try Self.rows([ia, zero, zero, ib, ic, zero, id, ie, ii])
    }

    private static func rows(_ entries: [Tensor]) throws -> Tensor {
        let rows = try stride(from: 0, to: 9, by: 3).map {
            try concatenated(Array(entries[$0..<$0 + 3]), axis: 2)
        }
        return try concatenated(rows, axis: 1)
    }
}
