/// A point or direction in space: x to the picture's right, y down, z away from the camera.
struct Vector: Sendable, Equatable {
    var x: Double
    var y: Double
    var z: Double

    init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    static func + (a: Vector, b: Vector) -> Vector { Vector(a.x + b.x, a.y + b.y, a.z + b.z) }
    static func - (a: Vector, b: Vector) -> Vector { Vector(a.x - b.x, a.y - b.y, a.z - b.z) }
    static func * (a: Vector, scale: Double) -> Vector { Vector(a.x * scale, a.y * scale, a.z * scale) }
}

/// A rotation of space as a unit quaternion.
struct Rotation: Sendable, Equatable {
    var w: Double
    var x: Double
    var y: Double
    var z: Double

    /// The rotation that best maps `source` to `target` after centring both, independent of scale.
    ///
    /// Horn 1987, "Closed-form solution of absolute orientation using unit quaternions": the eigenvector of the greatest
    /// eigenvalue of a symmetric 4 × 4 matrix, here by Jacobi rotations.
    init(from source: [Vector], to target: [Vector]) {
        let count = Double(max(1, min(source.count, target.count)))
        let sourceMean = source.reduce(Vector(0, 0, 0), +) * (1 / count)
        let targetMean = target.reduce(Vector(0, 0, 0), +) * (1 / count)
        var s = [[Double]](repeating: [0, 0, 0], count: 3)
        for (from, to) in zip(source, target) {
            let (u, v) = (from - sourceMean, to - targetMean)
            for (row, p) in [u.x, u.y, u.z].enumerated() {
                for (column, q) in [v.x, v.y, v.z].enumerated() { s[row][column] += p * q }
            }
        }
        let (xx, xy, xz) = (s[0][0], s[0][1], s[0][2])
        let (yx, yy, yz) = (s[1][0], s[1][1], s[1][2])
        let (zx, zy, zz) = (s[2][0], s[2][1], s[2][2])
        let q = Self.principalDirection(of: [
            [xx + yy + zz, yz - zy, zx - xz, xy - yx],
            [yz - zy, xx - yy - zz, xy + yx, zx + xz],
            [zx - xz, xy + yx, yy - xx - zz, yz + zy],
            [xy - yx, zx + xz, yz + zy, zz - xx - yy],
        ])
        (w, x, y, z) = (q[0], q[1], q[2], q[3])
    }

    private init(w: Double, x: Double, y: Double, z: Double) {
        (self.w, self.x, self.y, self.z) = (w, x, y, z)
    }

    /// The inverse rotation.
    var inverse: Rotation { Rotation(w: w, x: -x, y: -y, z: -z) }

    func callAsFunction(_ v: Vector) -> Vector {
        let (ww, xx, yy, zz) = (w * w, x * x, y * y, z * z)
        return Vector(
            (ww + xx - yy - zz) * v.x + 2 * (x * y - w * z) * v.y + 2 * (x * z + w * y) * v.z,
            2 * (x * y + w * z) * v.x + (ww - xx + yy - zz) * v.y + 2 * (y * z - w * x) * v.z,
            2 * (x * z - w * y) * v.x + 2 * (y * z + w * x) * v.y + (ww - xx - yy + zz) * v.z)
    }

    /// Unit eigenvector of the greatest eigenvalue of a symmetric matrix, by cyclic Jacobi rotations.
    private static func principalDirection(of matrix: [[Double]]) -> [Double] {
        let size = matrix.count
        var a = matrix
        var vectors = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0.0 } }
        for _ in 0..<16 {
            for p in 0..<size {
                for q in (p + 1)..<size where abs(a[p][q]) > 1e-300 {
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    let s = t * c
                    for k in 0..<size {
                        (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
                    }
                    for k in 0..<size {
                        (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
                    }
                    for k in 0..<size {
                        (vectors[k][p], vectors[k][q]) = (
                            c * vectors[k][p] - s * vectors[k][q], s * vectors[k][p] + c * vectors[k][q]
                        )
                    }
                }
            }
        }
        let best = (0..<size).max { a[$0][$0] < a[$1][$1] } ?? 0
        return vectors.map { $0[best] }
    }
}
