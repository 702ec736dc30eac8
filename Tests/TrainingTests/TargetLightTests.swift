import Tensors
import Testing

@testable import Training

@Suite("Target's light")
struct TargetLightTests {
    private let side = 64

    /// Slow waves of colour.
    private func face() throws -> Tensor {
        let values = (0..<3 * side * side).map { index -> Float in
            let (channel, place) = (index / (side * side), index % (side * side))
            return 0.5 + 0.2 * Float((place % side + channel * 11) % 32) / 32
        }
        return try Tensor(values, shape: [1, 3, side, side])
    }

    private func mask() throws -> Tensor {
        let values = (0..<side * side).map { index -> Float in
            let (x, y) = (index % side - 32, index / side - 32)
            return x * x + y * y < 500 ? 1 : 0
        }
        return try Tensor(values, shape: [1, 1, side, side])
    }

    @Test("darkens a face that goes to a dark place, whatever surrounds it, and leaves one that fits")
    func dark() throws {
        let (face, mask) = (try face(), try mask())
        let light = try TargetLight(side: side, device: .cpu)
        // Black around the face says nothing of its light.
        let target = try face * 0.6 * mask
        let lit = try light.applied(to: face, of: target, mask: mask)
        func error(_ a: Tensor, _ b: Tensor) throws -> Double {
            try (((a - b).absolute() * mask).sum() / (mask.sum() * 3)).item()
        }
        #expect(try error(face, target) > 0.2)
        #expect(try error(lit, target) < 0.02)
        #expect(try error(light.applied(to: face, of: face, mask: mask), face) < 2e-3)
    }
}
