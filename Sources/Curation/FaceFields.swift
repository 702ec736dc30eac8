import Faces
import Pictures
import Workspace

/// Colours of a face of a packed set on a grid of 32 × 32 cells, relative to the whole face. Crops are aligned, so that a
/// cell shows the same part of the face in all of them.
struct FaceFields {
    static let side = 32
    static let count = side * side

    /// L*, a*, b* of each cell minus a plane fitted to those of the whole face, which removes most of the intensity, colour
    /// and direction of the light. L* is halved, because shading affects it most.
    let colours: [SIMD3<Float>]
    /// Whether the cell shows skin: inside the hull and outside eyes and mouth, which move.
    let isSkin: [Bool]
    /// Regressors of the colour: 1, yaw and pitch in units of 30°.
    let terms: SIMD3<Float>

    init(_ face: Int, of set: PackedSet, pose: (yaw: Float, pitch: Float)) throws {
        let lab = LabPicture(try set.picture(face).resized(width: Self.side, height: Self.side))
        let hull = try Self.fields("masks", face, of: set)
        let (eyes, mouth) = (try Self.fields("eyes", face, of: set), try Self.fields("mouth", face, of: set))
        let isSkin = (0..<Self.count).map { hull[$0] > 0.9 && eyes[$0] < 0.3 && mouth[$0] < 0.3 }
        let colours = (0..<Self.count).map { SIMD3(lab.lightness[$0] / 2, lab.a[$0], lab.b[$0]) }
        var light = PlaceFit()
        for field in 0..<Self.count where isSkin[field] {
            light.add(Self.position(field), colours[field], weight: 1)
        }
        let plane = light.solution(ridge: SIMD3(1e-3, 1e-3, 1e-3))
        self.colours = (0..<Self.count).map { colours[$0] - plane(Self.position($0)) }
        self.isSkin = isSkin
        terms = SIMD3(1, pose.yaw / 30, pose.pitch / 30)
    }

    private static func position(_ field: Int) -> SIMD3<Float> {
        SIMD3(1, Float(field % side) / Float(side) - 0.5, Float(field / side) / Float(side) - 0.5)
    }

    private static func fields(_ array: String, _ face: Int, of set: PackedSet) throws -> [Float] {
        let length = set.size * set.size
        let bytes = set.file.bytes(of: try set.file.entry(array))[face * length..<(face + 1) * length]
        return Plane(width: set.size, height: set.size, values: bytes.map { Float($0) / 255 })
            .resized(width: side, height: side).values
    }
}

/// Weighted least-squares fit of a colour to three regressors.
struct PlaceFit {
    /// Gram matrix of the regressors.
    private var gram = [SIMD3<Double>](repeating: .zero, count: 3)
    /// Products of regressors and colours, one row per regressor.
    private var right = [SIMD3<Double>](repeating: .zero, count: 3)

    mutating func add(_ terms: SIMD3<Float>, _ colour: SIMD3<Float>, weight: Float) {
        for row in 0..<3 {
            gram[row] += SIMD3<Double>(terms * terms[row] * weight)
            right[row] += SIMD3<Double>(colour * (terms[row] * weight))
        }
    }

    /// - Parameter ridge: ridge regularization, added to the diagonal of the Gram matrix.
    func solution(ridge: SIMD3<Double>) -> Solution {
        var (rows, values) = (gram, right)
        for row in 0..<3 { rows[row][row] += ridge[row] }
        // Gaussian elimination: the matrix is positive definite, so that no pivot is zero.
        for pivot in 0..<3 {
            for row in 0..<3 where row != pivot {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                rows[row] -= rows[pivot] * factor
                values[row] -= values[pivot] * factor
            }
        }
        return Solution(rows: (0..<3).map { SIMD3<Float>(values[$0] / rows[$0][$0]) })
    }

    struct Solution {
        let rows: [SIMD3<Float>]

        func callAsFunction(_ terms: SIMD3<Float>) -> SIMD3<Float> {
            rows[0] * terms.x + rows[1] * terms.y + rows[2] * terms.z
        }
    }
}
