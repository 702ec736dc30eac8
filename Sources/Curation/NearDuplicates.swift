import Faces
import Workspace

/// Detects near-duplicates by perceptual hash, pose and expression.
///
/// Faces are processed best first; each is compared with earlier ones in the same or a neighbouring cell of yaw, pitch and
/// mouth opening, which avoids comparing all pairs.
struct NearDuplicates {
    /// Maximum distances of near-duplicates: slightly more than those between a clip and a strongly compressed copy at 0.8 of
    /// the size (maximum over 500 frames: 19 bits, 2.3°, mouth 0.040, eye 0.065, coefficient 0.36).
    struct Limits: Sendable {
        /// Hamming distance of 256-bit hashes.
        var hash = 22
        /// Degrees of yaw, pitch and roll.
        var pose: Float = 2.5
        var mouth = 0.045
        var eye = 0.07
        /// Maximum difference of any expression coefficient.
        var coefficient: Float = 0.4
    }

    /// Compared values of one face.
    struct Look {
        let place: Int
        let hash: SIMD4<UInt64>
        let pose: SIMD4<Float>
        let openings: SIMD4<Double>
    }

    let limits: Limits
    private let faces: [FaceSummary]
    /// 52 coefficients per face; empty if unknown.
    private let expressions: [Float]
    private var cells: [Cell: [Look]] = [:]

    private struct Cell: Hashable {
        var yaw, pitch, mouth: Int32
    }

    init(_ faces: [FaceSummary], expressions: [Float], limits: Limits = Limits()) {
        (self.faces, self.expressions, self.limits) = (faces, expressions, limits)
    }

    /// Index of an earlier near-duplicate of the face at an index. If there is none, the face is added for later comparisons.
    /// Faces without a hash have no duplicates.
    mutating func visit(_ place: Int) -> Int? {
        guard let look = look(place) else { return nil }
        let cell = cell(of: look)
        for yaw in cell.yaw - 1...cell.yaw + 1 {
            for pitch in cell.pitch - 1...cell.pitch + 1 {
                for mouth in cell.mouth - 1...cell.mouth + 1 {
                    guard let looks = cells[Cell(yaw: yaw, pitch: pitch, mouth: mouth)] else { continue }
                    for other in looks where isNear(look, other) { return other.place }
                }
            }
        }
        cells[cell, default: []].append(look)
        return nil
    }

    private func look(_ place: Int) -> Look? {
        let face = faces[place]
        guard let quality = face.quality else { return nil }
        var hash = SIMD4<UInt64>()
        for (index, byte) in quality.hash.enumerated() {
            hash[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
        }
        return Look(
            place: place, hash: hash, pose: SIMD4(face.pose.yaw, face.pose.pitch, face.pose.roll, 0),
            openings: SIMD4(
                face.mouth / limits.mouth, face.leftEye / limits.eye, face.rightEye / limits.eye, 0))
    }

    private func cell(of look: Look) -> Cell {
        func part(_ value: Double) -> Int32 {
            value.isFinite ? Int32(max(-1e6, min(1e6, value.rounded(.down)))) : 0
        }
        return Cell(
            yaw: part(Double(look.pose[0] / limits.pose)), pitch: part(Double(look.pose[1] / limits.pose)),
            mouth: part(look.openings[0]))
    }

    private func isNear(_ one: Look, _ other: Look) -> Bool {
        let bits = one.hash ^ other.hash
        let distance =
            bits[0].nonzeroBitCount + bits[1].nonzeroBitCount + bits[2].nonzeroBitCount
            + bits[3].nonzeroBitCount
        guard distance <= limits.hash else { return false }
        let turn = one.pose - other.pose
        guard max(abs(turn[0]), abs(turn[1]), abs(turn[2])) <= limits.pose else { return false }
        let open = one.openings - other.openings
        guard max(abs(open[0]), abs(open[1]), abs(open[2])) <= 1 else { return false }
        guard !expressions.isEmpty else { return true }
        let length = Expression.names.count
        let (first, second) = (one.place * length, other.place * length)
        return (0..<length).allSatisfy {
            abs(expressions[first + $0] - expressions[second + $0]) <= limits.coefficient
        }
    }
}
