import Pictures
import Swapping
import Testing

@Suite("Colour match")
struct ColourMatchTests {
    private let face = LabPicture(MemoryFrame.waves(0, width: 48, height: 40).pixels)
    private var target: LabPicture {
        var lab = LabPicture(MemoryFrame.waves(31, width: 48, height: 40).pixels)
        lab.lightness = lab.lightness.map { $0 * 0.8 - 6 }
        lab.a = lab.a.map { $0 * 1.2 + 5 }
        return lab
    }
    private var mask: Plane {
        Plane(
            width: 48, height: 40, values: (0..<48 * 40).map { $0 % 48 < 30 ? 1 : ($0 % 48 < 34 ? 0.5 : 0) })
    }

    @Test("maps mean and deviation inside the mask exactly onto the target's")
    func exact() throws {
        let own = try #require(ColourStatistics(face, mask: mask))
        let other = try #require(ColourStatistics(target, mask: mask))
        let result = ColourMatch(gains: 0.01...100).matched(face, from: own, to: other)
        let now = try #require(ColourStatistics(result, mask: mask))
        for channel in 0..<3 {
            #expect(
                abs(own.mean[channel] - other.mean[channel]) > 0.5, "the test should have something to do")
            #expect(abs(now.mean[channel] - other.mean[channel]) < 0.01)
            #expect(abs(now.deviation[channel] - other.deviation[channel]) < 0.01)
        }
    }

    @Test("by hand: two values")
    func byHand() throws {
        var lab = LabPicture(Picture(width: 20, height: 1))
        lab.lightness = (0..<20).map { $0 < 10 ? 10 : 30 }
        let statistics = try #require(ColourStatistics(lab, mask: Plane(width: 20, height: 1, repeating: 1)))
        #expect(statistics.mean.x == 20 && statistics.deviation.x == 10)
        let goal = ColourStatistics(mean: SIMD3(50, 0, 0), deviation: SIMD3(5, 0, 0))
        #expect(
            ColourMatch().matched(lab, from: statistics, to: goal).lightness[0] == 44,
            "the gain is held at 0.6")
        let free = ColourMatch(gains: 0.1...10).matched(lab, from: statistics, to: goal)
        #expect(free.lightness[0] == 45 && free.lightness[19] == 55)
        let half = ColourMatch(meanStrength: 0.5, deviationStrength: 0).matched(
            lab, from: statistics, to: goal)
        #expect(half.lightness[0] == 25)
        #expect(ColourMatch.none.matched(lab, from: statistics, to: goal) == lab)
    }

    @Test("says nothing about an empty mask")
    func empty() {
        #expect(ColourStatistics(face, mask: Plane(width: 48, height: 40)) == nil)
        #expect(ColourStatistics.average([]) == nil)
    }
}
