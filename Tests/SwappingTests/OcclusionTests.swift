import Pictures
import Swapping
import Testing

@Suite("Occlusion")
struct OcclusionTests {
    private static let side = 96
    private let face = MemoryFrame.waves(2, width: side, height: side).pixels
    /// A disc in the middle.
    private let mask = disc(radius: 34)

    private static func disc(radius: Int, x: Int = 48, y: Int = 48) -> Plane {
        Plane(
            width: side, height: side,
            values: (0..<side * side).map { index in
                let (dx, dy) = (index % side - x, index / side - y)
                return dx * dx + dy * dy < radius * radius ? 1 : 0
            })
    }

    /// The face with a dark green disc before it.
    private func covered(radius: Int, x: Int, y: Int) -> Picture {
        var picture = face
        for (index, amount) in Self.disc(radius: radius, x: x, y: y).values.enumerated() where amount > 0 {
            for (channel, value) in [30, 120, 50].enumerated() {
                picture.pixels[index * 3 + channel] = UInt8(value)
            }
        }
        return picture
    }

    private func found(_ crop: Picture) -> Plane? {
        Occlusion().plane(crop: crop, own: face, mask: mask, faceWidth: 60)
    }

    @Test("a disc that reaches over the face's edge is found, and nothing beside it")
    func reaching() throws {
        let plane = try #require(found(covered(radius: 14, x: 48, y: 76)))
        #expect(plane.values[72 * Self.side + 48] > 0.95)
        #expect(plane.values[40 * Self.side + 48] == 0)
        #expect(plane.values[72 * Self.side + 20] == 0)
    }

    @Test("a difference in the middle of the face is the model's, and so is a small one at its edge")
    func spared() {
        #expect(found(covered(radius: 10, x: 48, y: 48)) == nil)
        #expect(found(covered(radius: 2, x: 48, y: 80)) == nil)
        #expect(found(face) == nil)
    }

    @Test("another light over the whole face is not something before it")
    func light() {
        var dark = face
        dark.pixels = dark.pixels.map { UInt8(Double($0) * 0.75) }
        #expect(found(dark) == nil)
    }

    @Test("a model that draws everything badly finds nothing by that")
    func bad() {
        let other = MemoryFrame.waves(14, width: Self.side, height: Self.side).pixels
        #expect(Occlusion().plane(crop: other, own: face, mask: mask, faceWidth: 60) == nil)
    }
}
