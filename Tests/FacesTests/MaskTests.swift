import Foundation
import Pictures
import Testing

@testable import Faces

@Suite("Polygons and masks")
struct MaskTests {
    @Test("coverage sums to the area for any subpixel position")
    func area() {
        for shift in [0.0, 0.25, 0.6] {
            let corners = [Point(4.3, 3), Point(20, 5.5), Point(25.5, 19), Point(11, 27), Point(2.2, 14)]
            let polygon = Polygon(corners.map { $0 + Point(shift, shift) })
            let plane = polygon.coverage(width: 32, height: 32)
            #expect(abs(Double(plane.values.reduce(0, +)) - polygon.area) < 0.005 * polygon.area)
            #expect(plane.values.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test("a half-covered pixel has 0.5, an inner one 1, an outer one 0")
    func half() {
        let box = Polygon([Point(1.5, 1), Point(3.5, 1), Point(3.5, 3), Point(1.5, 3)])
        let plane = box.coverage(width: 5, height: 4)
        let expected: [Float] = [
            0, 0, 0, 0, 0, 0, 0.5, 1, 0.5, 0, 0, 0.5, 1, 0.5, 0, 0, 0, 0, 0, 0,
        ]
        for (value, wanted) in zip(plane.values, expected) { #expect(abs(value - wanted) < 1e-6) }
    }

    @Test("outside, empty or non-finite polygons cover nothing; an enclosing one covers everything")
    func outside() {
        let square = [Point(-9, -9), Point(-1, -9), Point(-1, -1), Point(-9, -1)]
        for corners in [[], [Point(1, 1)], square, [Point(.nan, 0), Point(1, 0), Point(0, 1)]] {
            #expect(Polygon(corners).coverage(width: 4, height: 4).values.allSatisfy { $0 == 0 })
        }
        let large = Polygon([Point(-9, -9), Point(99, -9), Point(99, 99), Point(-9, 99)])
        #expect(large.coverage(width: 4, height: 4).values.allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test("the hull contains all points and is convex")
    func hull() {
        let points = (0..<50).map { Point(sin(Double($0) * 12.9) * 10, cos(Double($0) * 78.2) * 7) }
        let hull = Polygon.hull(of: points)
        #expect(hull.corners.count > 3)
        #expect(hull.corners.count < 50)
        for index in hull.corners.indices {
            let a = hull.corners[index]
            let b = hull.corners[(index + 1) % hull.corners.count]
            for point in points {
                #expect((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > -1e-9)
            }
        }
    }

    @Test("the face mask follows its transform and covers eyes and mouth")
    func face() throws {
        let landmarks = SyntheticFace.turned()
        let alignment = try #require(FaceAlignment(landmarks: landmarks))
        let (small, large) = (
            FaceMask.plane(landmarks: landmarks, transform: alignment.crop(.full, size: 64), size: 64),
            FaceMask.plane(landmarks: landmarks, transform: alignment.crop(.full, size: 128), size: 128)
        )
        let share = { (plane: Plane) in plane.values.reduce(0, +) / Float(plane.values.count) }
        #expect((0.25...0.9).contains(share(small)))
        #expect(abs(share(small) - share(large)) < 0.005)
        #expect(large.values[0] == 0)
        for landmark in [33, 263, 4, 0] {
            let place = alignment.crop(.full, size: 128)(landmarks.points[landmark])
            #expect(large.values[Int(place.y) * 128 + Int(place.x)] == 1)
        }
        let regions = FaceMask.eyesAndMouth(
            landmarks: landmarks, transform: alignment.crop(.full, size: 128), size: 128)
        #expect(share(regions) > 0.01)
        #expect(share(regions) < share(large))
    }
}
