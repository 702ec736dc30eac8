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

@Suite("Light field")
struct LightFieldTests {
    private let target = LabPicture(MemoryFrame.waves(0, width: 64, height: 64).pixels)
    private let mask = Plane(
        width: 64, height: 64,
        values: (0..<4096).map {
            ($0 % 64 - 32) * ($0 % 64 - 32) + ($0 / 64 - 32) * ($0 / 64 - 32) < 500 ? 1 : 0
        })

    /// The target under another light: darker, redder, and falling off to the right.
    private var face: LabPicture {
        var face = target
        for index in face.lightness.indices {
            face.lightness[index] -= 8 + 0.1 * Float(index % 64)
            face.a[index] += 6
        }
        return face
    }

    private func error(_ a: LabPicture) -> Float {
        let inside = mask.values.indices.filter { mask.values[$0] > 0 }
        return inside.map { abs(a.lightness[$0] - target.lightness[$0]) + abs(a.a[$0] - target.a[$0]) }
            .reduce(0, +) / Float(inside.count)
    }

    @Test("takes over light that varies slowly over the face, and keeps the face's detail")
    func light() throws {
        let field = try #require(LightField(face: face, target: target, mask: mask, reach: 0.18))
        #expect(error(face) > 15)
        #expect(error(field.added(to: face)) < 0.7)
        // Detail that only the face has stays: one bright spot.
        var spotted = face
        spotted.lightness[32 * 64 + 32] += 30
        let other = try #require(LightField(face: spotted, target: target, mask: mask, reach: 0.18))
        let result = other.added(to: spotted)
        #expect(result.lightness[32 * 64 + 32] - target.lightness[32 * 64 + 32] > 27)
    }

    @Test("a constant difference is taken over exactly, whatever lies outside the mask")
    func constant() throws {
        var dark = target
        for index in dark.lightness.indices {
            dark.lightness[index] -= mask.values[index] > 0 ? 12 : 80
        }
        let field = try #require(LightField(face: dark, target: target, mask: mask, reach: 0.18))
        let result = field.added(to: dark)
        let middle = 32 * 64 + 32
        #expect(abs(result.lightness[middle] - target.lightness[middle]) < 0.1)
    }

    @Test("several average by their weights; an empty mask gives none")
    func average() throws {
        let field = try #require(LightField(face: face, target: target, mask: mask, reach: 0.18))
        var twice = field
        twice.planes = field.planes.map { plane in
            Plane(width: plane.width, height: plane.height, values: plane.values.map { $0 * 3 })
        }
        let mean = try #require(
            LightField.average([(field: field, weight: Float(1)), (field: twice, weight: Float(1))]))
        #expect(abs(mean.planes[0].values[500] - 2 * field.planes[0].values[500]) < 1e-4)
        #expect(LightField.average([]) == nil)
        #expect(LightField(face: face, target: target, mask: Plane(width: 64, height: 64), reach: 0.2) == nil)
    }
}
