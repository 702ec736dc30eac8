import Architectures
import NeuralNetworks
import Tensors
import Testing

@Suite("Where people's codes lie")
struct CodeStatisticsTests {
    /// Axes that are turned by 30° against the code's numbers.
    private let first: [Float] = [0.866_025_4, 0.5]
    private let second: [Float] = [-0.5, 0.866_025_4]

    /// Deviations along the two axes, about a mean at so much of each.
    private func codes(at a: Float, _ b: Float, deviations: (Float, Float) = (1, 0.1)) -> CodeStatistics {
        func entry(_ i: Int, _ j: Int) -> Float {
            first[i] * first[j] * deviations.0 * deviations.0
                + second[i] * second[j] * deviations.1 * deviations.1
        }
        return CodeStatistics(
            mean: (0..<2).map { a * first[$0] + b * second[$0] },
            covariance: [entry(0, 0), entry(0, 1), entry(1, 0), entry(1, 1)])
    }

    private func along(_ shift: [Float]) -> (Float, Float) {
        (
            shift[0] * first[0] + shift[1] * first[1],
            shift[0] * second[0] + shift[1] * second[1]
        )
    }

    @Test("what both people's codes vary by stays as it is, and what lies beyond is moved to where they end")
    func beyond() throws {
        let near = try along(codes(at: 0, 0).shift(to: codes(at: 1.9, -0.19)))
        #expect(abs(near.0) < 1e-4 && abs(near.1) < 1e-4)
        // 1.9 deviations along the one, 9 along the other: seven of them are too many.
        let far = try along(codes(at: 0, 0).shift(to: codes(at: -1.9, 0.9)))
        #expect(abs(far.0) < 1e-4 && abs(far.1 - 0.7) < 1e-3)
        let back = try along(codes(at: -1.9, 0.9).shift(to: codes(at: 0, 0)))
        #expect(abs(back.1 + 0.7) < 1e-3)
        // Of two people who vary differently, the mean of the squares counts: √((1 + 4) / 2) = 1.58.
        let unlike = try along(codes(at: 0, 0).shift(to: codes(at: 6, 0, deviations: (2, 0.1))))
        #expect(abs(unlike.0 - (6 - 2 * 1.581_139)) < 1e-3)
    }

    @Test("of codes are their mean and covariance; without one all of the difference is moved")
    func measured() throws {
        let some = try CodeStatistics(of: Tensor([1, 2, 3, 6, 5, 4] as [Float], shape: [3, 2]))
        #expect(some.mean == [3, 4])
        let covariance = try #require(some.covariance)
        #expect(zip(covariance, [4, 2, 2, 4]).allSatisfy { abs($0 - $1) < 1e-5 } && some.isSound(length: 2))
        let plain = CodeStatistics(mean: [0, 1], covariance: nil)
        #expect(try plain.shift(to: some) == [3, 3])
        #expect(!some.isSound(length: 3) && !CodeStatistics(mean: [.nan], covariance: nil).isSound(length: 1))
        #expect(!CodeStatistics(mean: [0], covariance: [.infinity]).isSound(length: 1))
        #expect(!CodeStatistics(mean: [0, 0], covariance: [1]).isSound(length: 2))
    }
}
