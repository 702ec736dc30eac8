import Tensors

/// Matches the full colour distribution by one-dimensional projections.
///
/// A step projects the colours onto the axes of one or more random bases, maps each projection to the
/// target's distribution (`MonotoneTransport`), and moves the pixels by the mean over the bases. One basis
/// per step is the iterative distribution transfer (Pitié, Kokaram and Dahyot, "N-dimensional probability
/// density function transfer", 2005); several are sliced optimal transport (Rabin, Peyré, Delon and Bernot,
/// "Wasserstein barycenter and its application to texture mixing", 2011), which changes similar colours more
/// consistently.
///
/// Shapes: pixels `[N, 3, P]` → `[N, 3, P]`.
///
/// - Parameter steps: bases of each step, `[3 · bases, 3]`: three orthonormal rows each.
package func slicedTransfer(
    _ pixels: Tensor, from source: ColourSample, to target: ColourSample, steps: [Tensor]
) throws -> Tensor {
    let (count, wanted) = (source.pixels.shape[2], pixels.shape[2])
    // The samples are transformed together with the pixels, because their distribution changes with every
    // step.
    var moving = try concatenated([source.pixels, pixels], axis: 2)
    for directions in steps {
        let along = try matmul(directions, moving)
        let transport = try MonotoneTransport(
            from: ColourSample(pixels: along.slice(0..<count, axis: 2), weights: source.weights),
            to: ColourSample(pixels: matmul(directions, target.pixels), weights: target.weights))
        let change = try transport(along) - along
        moving = try moving + matmul(directions.permuted(1, 0), change) / Double(directions.shape[0] / 3)
    }
    return try moving.slice(count..<count + wanted, axis: 2)
}

/// Three orthonormal rows, uniformly distributed over rotations (from a random unit quaternion; Shoemake
/// 1992).
package func randomBasis(_ numbers: inout RandomNumbers) -> [Float] {
    var q = (0..<4).map { _ in numbers.normal() }
    let length = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
    q = q.map { $0 / max(1e-12, length) }
    let (w, x, y, z) = (q[0], q[1], q[2], q[3])
    let rows: [Double] = [
        1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
        2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
        2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
    ]
    return rows.map(Float.init)
}
