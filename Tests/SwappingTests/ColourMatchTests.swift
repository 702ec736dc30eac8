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

    @Test("linear maps give mean and covariance of the target's", arguments: LinearColourMap.allCases)
    func linear(_ map: LinearColourMap) throws {
        let own = try #require(ColourMoments(face, mask: mask))
        var turned = target
        // Channels that depend on each other as the face's do not.
        turned.b = zip(target.a, target.lightness).map { 0.7 * $0 - 0.3 * $1 }
        let goal = try #require(ColourMoments(turned, mask: mask))
        let now = try #require(ColourMoments(map.matched(face, from: own, to: goal), mask: mask))
        for row in 0..<3 {
            #expect(abs(now.mean[row] - goal.mean[row]) < 0.01)
            for column in 0..<3 {
                // Regularisation reduces them slightly; both have deviations of at least ten.
                #expect(abs(now.covariance.rows[row][column] - goal.covariance.rows[row][column]) < 3)
                #expect(abs(goal.covariance.rows[row][column] - own.covariance.rows[row][column]) > 0.01)
            }
        }
        #expect(ColourMoments(face, mask: Plane(width: 48, height: 40)) == nil)
        let half = try #require(ColourMoments.average([(own, Float(1)), (goal, Float(1))]))
        #expect(abs(half.mean.x - (own.mean.x + goal.mean.x) / 2) < 1e-9)
    }

    @Test("mkl is symmetric and positive: the linear map with the smallest change of colours")
    func symmetric() throws {
        let own = try #require(ColourMoments(face, mask: mask))
        // Lightness becomes colour: triangular and symmetric maps differ here.
        var turned = target
        (turned.lightness, turned.a) = (target.a.map { $0 + 60 }, target.lightness.map { $0 - 60 })
        let goal = try #require(ColourMoments(turned, mask: mask))
        // Four pixels: the origin, and a step along each axis.
        var axes = LabPicture(Picture(width: 4, height: 1))
        (axes.lightness, axes.a, axes.b) = ([0, 100, 0, 0], [0, 0, 100, 0], [0, 0, 0, 100])
        func matrix(_ map: LinearColourMap) -> [[Float]] {
            let moved = map.matched(axes, from: own, to: goal)
            return [moved.lightness, moved.a, moved.b].map { row in (1...3).map { (row[$0] - row[0]) / 100 } }
        }
        func asymmetry(_ m: [[Float]]) -> Float {
            max(abs(m[0][1] - m[1][0]), abs(m[0][2] - m[2][0]), abs(m[1][2] - m[2][1]))
        }
        let mkl = matrix(.mkl)
        #expect(asymmetry(mkl) < 1e-4 && asymmetry(matrix(.lct)) > 0.1)
        #expect(mkl[0][0] > 0 && mkl[0][0] * mkl[1][1] > mkl[0][1] * mkl[1][0])
    }

    @Test("quantiles give each channel the target's distribution, and average between frames")
    func quantiles() throws {
        let own = try #require(ColourQuantiles(face, mask: mask))
        let goal = try #require(ColourQuantiles(target, mask: mask))
        let now = try #require(ColourQuantiles(own.matched(face, to: goal), mask: mask))
        for (channel, wanted) in zip(now.channels, goal.channels) {
            for (value, want) in zip(channel.values, wanted.values) { #expect(abs(value - want) < 1) }
        }
        let same = own.matched(face, to: own)
        #expect(zip(same.lightness, face.lightness).allSatisfy { abs($0 - $1) < 1e-3 })
        let half = try #require(ColourQuantiles.average([(own, Float(1)), (goal, Float(3))]))
        #expect(
            abs(
                half.channels[0].values[32] - (own.channels[0].values[32] + 3 * goal.channels[0].values[32])
                    / 4) < 1e-4)
        #expect(ColourQuantiles(face, mask: Plane(width: 48, height: 40)) == nil)
    }

    @Test(
        "transport along many lines gives the target's joint distribution",
        arguments: SlicedColourMap.allCases)
    func sliced(_ map: SlicedColourMap) throws {
        var turned = target
        // Channels with other correlations than the face's: invisible channel by channel.
        turned.b = zip(target.a, target.lightness).map { 0.7 * $0 - 0.3 * $1 }
        let mask = Plane(width: 48, height: 40, values: mask.values.map { $0 > 0.5 ? 1 : 0 })
        let goal = try #require(ColourMoments(turned, mask: mask))
        let slices = try #require(ColourSlices(map, face: face, target: turned, mask: mask))
        let now = try #require(ColourMoments(slices.matched(face), mask: mask))
        let scale = (0..<3).map { goal.covariance.rows[$0][$0] }.reduce(0, +)
        for row in 0..<3 {
            #expect(abs(now.mean[row] - goal.mean[row]) < 0.6)
            for column in 0..<3 {
                let off = now.covariance.rows[row][column] - goal.covariance.rows[row][column]
                #expect(abs(off) < 0.04 * scale, "\(row) \(column)")
            }
        }
        let own = try #require(ColourSlices(map, face: face, target: face, mask: mask))
        let same = own.matched(face)
        #expect(zip(same.lightness, face.lightness).allSatisfy { abs($0 - $1) < 0.05 })
        #expect(ColourSlices(map, face: face, target: turned, mask: Plane(width: 48, height: 40)) == nil)
    }

    @Test("an empty mask gives no measurement")
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

    /// The target in another light: darker, redder, and falling off to the right.
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

    @Test("transfers light that varies slowly over the face, and keeps the face's detail")
    func light() throws {
        let field = try #require(LightField(face: face, target: target, mask: mask, reach: 0.18))
        #expect(error(face) > 15)
        #expect(error(field.added(to: face)) < 0.7)
        // Detail of the face alone is kept: one bright spot.
        var spotted = face
        spotted.lightness[32 * 64 + 32] += 30
        let other = try #require(LightField(face: spotted, target: target, mask: mask, reach: 0.18))
        let result = other.added(to: spotted)
        #expect(result.lightness[32 * 64 + 32] - target.lightness[32 * 64 + 32] > 27)
    }

    @Test("a constant difference is transferred exactly, independent of pixels outside the mask")
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

    @Test("a membrane matches the target at the mask's edge, independent of its middle")
    func membrane() throws {
        // Inside, the target's face differs completely; only the area near the edge determines the light.
        var other = face
        for index in mask.values.indices {
            let (x, y) = (index % 64 - 32, index / 64 - 32)
            if x * x + y * y < 200 { other.lightness[index] += 40 }
        }
        let field = try #require(LightField(membraneOf: face, target: target, mask: mask))
        let ignoring = try #require(LightField(membraneOf: other, target: target, mask: mask))
        let result = ignoring.added(to: face)
        #expect(error(field.added(to: face)) < 1.5)
        #expect(error(result) < 1.5)
        #expect(LightField(membraneOf: face, target: target, mask: Plane(width: 64, height: 64)) == nil)
        // With a reach the middle keeps its own colours, and the edge still matches the target's.
        let held = try #require(LightField(membraneOf: face, target: target, mask: mask, reach: 0.06))
        let kept = held.added(to: face)
        let (middle, edge) = (32 * 64 + 32, 32 * 64 + 11)
        #expect(abs(kept.a[middle] - face.a[middle]) < 2)
        #expect(abs(kept.a[edge] - target.a[edge]) < 2)
    }

    @Test("several fields are averaged by their weights; an empty mask gives none")
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
