import Pictures

/// Mean and covariance of a masked picture's L*a*b* colours, in float64.
package struct ColourMoments: Sendable, Equatable {
    package var mean: SIMD3<Double>
    package var covariance: Matrix3

    package init(mean: SIMD3<Double>, covariance: Matrix3) {
        (self.mean, self.covariance) = (mean, covariance)
    }

    /// Weighted by the mask. `nil` if the mask covers less than 16 pixels: too few for a measurement.
    package init?(_ lab: LabPicture, mask: Plane) {
        var (weight, sum) = (0.0, SIMD3<Double>.zero)
        var products = Matrix3.zero
        for (index, amount) in mask.values.enumerated() where amount > 0 {
            let value = SIMD3(Double(lab.lightness[index]), Double(lab.a[index]), Double(lab.b[index]))
            let share = Double(amount)
            weight += share
            sum += value * share
            for row in 0..<3 { products.rows[row] += value * (value[row] * share) }
        }
        guard weight >= 16 else { return nil }
        let mean = sum / weight
        for row in 0..<3 { products.rows[row] = products.rows[row] / weight - mean * mean[row] }
        self.init(mean: mean, covariance: products)
    }

    /// Weighted mean of several; `nil` if there are none. Covariances are averaged directly: the mean contrast within a
    /// frame is wanted.
    package static func average(_ weighted: [(moments: ColourMoments, weight: Float)]) -> ColourMoments? {
        let total = weighted.reduce(0) { $0 + Double($1.weight) }
        guard total > 0 else { return nil }
        var result = ColourMoments(mean: .zero, covariance: .zero)
        for (moments, weight) in weighted {
            let share = Double(weight) / total
            result.mean += moments.mean * share
            for row in 0..<3 { result.covariance.rows[row] += moments.covariance.rows[row] * share }
        }
        return result
    }
}

/// Maps a face's colours linearly to the target's mean and covariance.
package enum LinearColourMap: String, Sendable, Codable, CaseIterable {
    /// By the covariances' Cholesky factors, L_t · L_s⁻¹ (Pitié and Kokaram, "The linear Monge-Kantorovitch linear colour
    /// mapping", 2007, section 3.2).
    case lct
    /// The map with the smallest change of colours, S^−½ (S^½ Σ_t S^½)^½ S^−½ (the same, equation 11).
    case mkl

    /// Variance, in L*a*b*, added to every direction, so that a face with little colour contrast is not amplified to noise.
    static let ridge = 1.0

    package func matched(
        _ lab: LabPicture, from own: ColourMoments, to target: ColourMoments
    ) -> LabPicture {
        let matrix = matrix(from: own.covariance, to: target.covariance)
        var result = lab
        for index in lab.lightness.indices {
            let value = SIMD3(Double(lab.lightness[index]), Double(lab.a[index]), Double(lab.b[index]))
            let mapped = matrix * (value - own.mean) + target.mean
            result.lightness[index] = Float(mapped.x)
            result.a[index] = Float(mapped.y)
            result.b[index] = Float(mapped.z)
        }
        return result
    }

    private func matrix(from own: Matrix3, to target: Matrix3) -> Matrix3 {
        let (own, target) = (own + Matrix3.identity * Self.ridge, target + Matrix3.identity * Self.ridge)
        switch self {
        case .lct:
            return target.choleskyFactor * own.choleskyFactor.inverseOfLowerTriangle
        case .mkl:
            let root = own.symmetricMap { $0.squareRoot() }
            let inverse = own.symmetricMap { 1 / $0.squareRoot() }
            let between = (root * target * root).symmetricMap { $0.squareRoot() }
            return inverse * between * inverse
        }
    }
}

/// A 3 × 3 matrix of float64.
package struct Matrix3: Sendable, Equatable {
    package var rows: [SIMD3<Double>]

    package init(rows: [SIMD3<Double>]) {
        precondition(rows.count == 3, "three rows")
        self.rows = rows
    }

    package static let zero = Matrix3(rows: [.zero, .zero, .zero])
    package static let identity = Matrix3(rows: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)])

    package static func + (a: Matrix3, b: Matrix3) -> Matrix3 {
        Matrix3(rows: zip(a.rows, b.rows).map { $0 + $1 })
    }

    package static func * (matrix: Matrix3, factor: Double) -> Matrix3 {
        Matrix3(rows: matrix.rows.map { $0 * factor })
    }

    package static func * (matrix: Matrix3, vector: SIMD3<Double>) -> SIMD3<Double> {
        let (a, b, c) = (matrix.rows[0] * vector, matrix.rows[1] * vector, matrix.rows[2] * vector)
        return SIMD3(a.sum(), b.sum(), c.sum())
    }

    package static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
        Matrix3(rows: a.rows.map { b.rows[0] * $0.x + b.rows[1] * $0.y + b.rows[2] * $0.z })
    }

    package var transposed: Matrix3 {
        Matrix3(rows: (0..<3).map { column in SIMD3(rows[0][column], rows[1][column], rows[2][column]) })
    }

    /// The Cholesky factor (lower triangle) of this symmetric positive matrix.
    var choleskyFactor: Matrix3 {
        var factor = Matrix3.zero
        for row in 0..<3 {
            for column in 0...row {
                let known = (factor.rows[row] * factor.rows[column]).sum()
                let rest = rows[row][column] - known
                factor.rows[row][column] =
                    row == column ? max(1e-12, rest).squareRoot() : rest / factor.rows[column][column]
            }
        }
        return factor
    }

    var inverseOfLowerTriangle: Matrix3 {
        var inverse = Matrix3.zero
        for column in 0..<3 {
            for row in column..<3 {
                var rest = row == column ? 1.0 : 0
                for index in column..<row { rest -= rows[row][index] * inverse.rows[index][column] }
                inverse.rows[row][column] = rest / rows[row][row]
            }
        }
        return inverse
    }

    /// The symmetric matrix with the same eigenvectors and a function of this one's eigenvalues, which must be positive.
    func symmetricMap(_ function: (Double) -> Double) -> Matrix3 {
        let (values, vectors) = symmetricEigen
        var scaled = vectors.transposed
        for row in 0..<3 { scaled.rows[row] *= function(max(1e-12, values[row])) }
        return vectors * scaled
    }

    /// Eigenvalues and eigenvectors (as columns) of a symmetric matrix, by Jacobi rotations.
    private var symmetricEigen: (values: SIMD3<Double>, vectors: Matrix3) {
        var (matrix, vectors) = (self, Matrix3.identity)
        // Converges quadratically: six sweeps are exact in float64.
        for _ in 0..<8 {
            for (p, q) in [(0, 1), (0, 2), (1, 2)] where abs(matrix.rows[p][q]) > 1e-300 {
                let slope = (matrix.rows[q][q] - matrix.rows[p][p]) / (2 * matrix.rows[p][q])
                let tangent = (slope < 0 ? -1 : 1) / (abs(slope) + (slope * slope + 1).squareRoot())
                let cosine = 1 / (tangent * tangent + 1).squareRoot()
                var turn = Matrix3.identity
                turn.rows[p][p] = cosine
                turn.rows[q][q] = cosine
                turn.rows[p][q] = tangent * cosine
                turn.rows[q][p] = -tangent * cosine
                matrix = turn.transposed * matrix * turn
                vectors = vectors * turn
            }
        }
        return (SIMD3(matrix.rows[0][0], matrix.rows[1][1], matrix.rows[2][2]), vectors)
    }
}
