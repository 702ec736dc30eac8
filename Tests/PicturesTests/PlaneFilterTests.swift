import Pictures
import Testing

@Suite("Filters over planes")
struct PlaneFilterTests {
    private var dot: Plane {
        var plane = Plane(width: 21, height: 21)
        plane.values[10 * 21 + 10] = 1
        return plane
    }

    @Test("a blurred dot keeps its sum, its centre and the Gaussian's spread")
    func blur() {
        let soft = dot.blurred(sigma: 2)
        #expect(abs(soft.values.reduce(0, +) - 1) < 1e-4)
        var spread: Float = 0
        for index in soft.values.indices {
            let dx = Float(index % 21 - 10)
            spread += soft.values[index] * dx * dx
        }
        #expect(abs(spread - 4) < 0.15)
        #expect(soft.values.max() == soft.values[10 * 21 + 10])
    }

    @Test("a flat plane stays flat to its edges")
    func edges() {
        let flat = Plane(width: 9, height: 7, repeating: 0.5).blurred(sigma: 3)
        #expect(flat.values.allSatisfy { abs($0 - 0.5) < 1e-5 })
    }

    @Test("dilation enlarges a disc, erosion reverses it")
    func morphology() {
        let disc = dot.dilated(radius: 3)
        #expect(disc.values.reduce(0, +) == 29)
        #expect(disc.values[10 * 21 + 13] == 1 && disc.values[10 * 21 + 14] == 0)
        #expect(disc.values[13 * 21 + 12] == 0, "the corner of the square is outside the disc")
        #expect(disc.eroded(radius: 3) == dot)
        #expect(dot.dilated(radius: 0) == dot)
    }

    @Test("maximum and minimum within a disc, even one larger than the plane")
    func discs() {
        for (width, height, radius) in [(23, 17, 4), (9, 31, 7), (5, 4, 9), (1, 6, 2), (40, 1, 3)] {
            let plane = Plane(
                width: width, height: height,
                values: (0..<width * height).map { Float($0 * 7919 % 1009) / 1009 })
            func around(_ index: Int) -> [Float] {
                plane.values.indices.filter { other in
                    let (x, y) = (other % width - index % width, other / width - index / width)
                    return x * x + y * y <= radius * radius
                }.map { plane.values[$0] }
            }
            let near = plane.values.indices.map(around)
            #expect(plane.dilated(radius: Double(radius)).values == near.map { $0.max() ?? 0 })
            #expect(plane.eroded(radius: Double(radius)).values == near.map { $0.min() ?? 0 })
        }
    }

    @Test("fractional radii interpolate")
    func fraction() {
        let disc = dot.dilated(radius: 1.25)
        #expect(abs(disc.values[10 * 21 + 12] - 0.25) < 1e-6)
        #expect(disc.values[10 * 21 + 11] == 1)
    }

    @Test("the border does not erode")
    func border() {
        let full = Plane(width: 5, height: 5, repeating: 1)
        #expect(full.eroded(radius: 2) == full)
    }
}
