import Faces
import Foundation
import Pictures
import Safetensors
import Testing

@testable import Curation
@testable import Workspace

@Suite("Places of a face")
struct PlaceModelTests {
    /// A packed set of drawn faces that turn: skin with a darker cheek and a nose that moves with the yaw, lit from another side
    /// and with another colour each. The faces named have fingers before the mouth.
    private func packed(_ scratch: Scratch, faces: Int, hands: Set<Int>) throws -> PackedSet {
        let size = 64
        let url = scratch.url.appending(path: "a.faces.safetensors")
        let pictures = (0..<faces).map { Self.face($0, of: faces, size: size, hand: hands.contains($0)) }
        let hull = Polygon.hull(
            of: (0..<40).map { step in
                let angle = Double(step) / 40 * 2 * .pi
                return Point(32 + 22 * cos(angle), 32 + 26 * sin(angle))
            }
        ).coverage(width: size, height: size).values.map { UInt8($0 * 255) }
        let none = [UInt8](repeating: 0, count: size * size)
        let arrays = PackedSet.layout(count: faces, size: size).map { array in
            SafetensorsWriter.Array(name: array.name, type: array.type, shape: array.shape) { put in
                switch array.name {
                case "images": for picture in pictures { try picture.pixels.withUnsafeBytes { try put($0) } }
                case "masks": for _ in 0..<faces { try hull.withUnsafeBytes { try put($0) } }
                case "eyes", "mouth": for _ in 0..<faces { try none.withUnsafeBytes { try put($0) } }
                default:
                    let length = array.shape.reduce(1, *) * (array.type == .f64 ? 8 : 4)
                    try [UInt8](repeating: 0, count: length).withUnsafeBytes { try put($0) }
                }
            }
        }
        try SafetensorsWriter.write(
            arrays,
            metadata: [
                "format": PackedSet.format, "version": "1", "size": "\(size)", "crop": "full",
                "margin": "0.25",
            ], to: url)
        return try PackedSet(mapping: url)
    }

    private static func yaw(_ face: Int, of count: Int) -> Float { Float(face) / Float(count - 1) * 60 - 30 }

    private static func face(_ face: Int, of count: Int, size: Int, hand: Bool) -> Picture {
        var picture = Picture(width: size, height: size, red: 90, green: 110, blue: 130)
        picture.fill(Colour(200, 150, 125), x: 8, y: 4, width: 48, height: 56)
        picture.fill(Colour(170, 120, 100), x: 14, y: 34, width: 12, height: 12)
        let nose = 30 + Int(yaw(face, of: count) / 5)
        picture.fill(Colour(215, 170, 140), x: nose, y: 26, width: 6, height: 14)
        if hand {
            // Fingers: lit above, in shade below, all of them skin.
            for finger in 0..<3 {
                picture.fill(Colour(225, 165, 140), x: 20, y: 38 + 6 * finger, width: 28, height: 3)
                picture.fill(Colour(135, 85, 70), x: 20, y: 41 + 6 * finger, width: 28, height: 3)
            }
        }
        // Light: brighter towards one side, a little warmer or colder.
        let tilt = Float(sin(Double(face) * 1.7)) * 0.25
        let warmth = 1 + 0.05 * Float(cos(Double(face) * 2.3))
        for row in 0..<size {
            for column in 0..<size {
                let light = 0.85 + tilt * (Float(column) / Float(size) - 0.5)
                let at = (row * size + column) * 3
                for channel in 0..<3 {
                    let tint = channel == 0 ? warmth : 1
                    picture.pixels[at + channel] = UInt8(
                        rounding: Float(picture.pixels[at + channel]) * light * tint)
                }
            }
        }
        return picture
    }

    @Test("a hand of skin's colour is seen; turning, shading and coloured light are not taken for one")
    func hands() throws {
        let scratch = try Scratch()
        let hands: Set<Int> = [7, 8, 9, 41, 55]
        let set = try packed(scratch, faces: 60, hands: hands)
        let fields = try (0..<60).map {
            try FaceFields($0, of: set, pose: (Self.yaw($0, of: 60), 0))
        }
        let model = PlaceModel(fields)
        let values = fields.map(model.occlusionScore)
        let free = values.enumerated().filter { !hands.contains($0.offset) }.map(\.element)
        let covered = hands.map { values[$0] }
        #expect((covered.min() ?? 0) > 2 * (free.max() ?? 1), "\(covered) \(free.max() ?? 1)")
        #expect((covered.min() ?? 0) > 0.03 && (free.max() ?? 1) < 0.05)
    }

    @Test("fits what it was made from")
    func fit() {
        var fit = PlaceFit()
        let truth = [SIMD3<Float>(10, -2, 3), SIMD3(1, 0.5, -4), SIMD3(-3, 2, 0)]
        for step in 0..<20 {
            let terms = SIMD3<Float>(1, Float(step % 5) - 2, Float(step % 7) / 3)
            fit.add(terms, truth[0] + truth[1] * terms.y + truth[2] * terms.z, weight: 1 + Float(step % 3))
        }
        let solution = fit.solution(ridge: .init(repeating: 1e-9))
        for (row, expected) in zip(solution.rows, truth) {
            #expect(((row - expected) * (row - expected)).sum() < 1e-6)
        }
    }

    @Test("is entered for the faces of the set and counts as occlusion; small sets are left alone")
    func entered() throws {
        let scratch = try Scratch()
        let small = try SetCuration(Workspace.furnished(scratch.url.appending(path: "s")), set: "anna")
        #expect(try small.computeOcclusionScores() == 0)
        #expect(try small.faces().allSatisfy { $0.occlusionScore == nil && $0.occlusion == 0 })
        let large = try SetCuration(
            Workspace.furnished(scratch.url.appending(path: "l"), faces: 40), set: "anna")
        #expect(try large.computeOcclusionScores() == 40)
        #expect(try large.faces().allSatisfy { $0.occlusionScore != nil })
        try large.workspace.index.enter(occlusionScores: [3: 0.25])
        #expect(try SortKey.occlusion.sorted(large.faces(), reversed: true).first?.id == 3)
    }
}
