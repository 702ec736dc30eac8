import Pictures
import Testing

@testable import Swapping

@Suite("Skin match")
struct SkinMatchTests {
    private static let side = 64

    /// A face with lips, white teeth and dark hair on its forehead.
    private func face(
        skin: SIMD3<Float>, lips: SIMD3<Float>, hair: SIMD3<Float>, right: Float = 0
    ) -> LabPicture {
        var lab = LabPicture(Picture(width: Self.side, height: Self.side, red: 0, green: 0, blue: 0))
        for index in lab.lightness.indices {
            let (x, y) = (index % Self.side, index / Self.side)
            var colour = skin + SIMD3(right * Float(x) / Float(Self.side), 0, 0)
            if y < 14 { colour = hair }
            if (42..<50).contains(y) && (22..<42).contains(x) { colour = lips }
            if (45..<47).contains(y) && (26..<38).contains(x) { colour = SIMD3(85, 0, 0) }
            (lab.lightness[index], lab.a[index], lab.b[index]) = (colour.x, colour.y, colour.z)
        }
        return lab
    }

    private var mask: Plane {
        var plane = Plane(width: Self.side, height: Self.side)
        for y in 8..<58 { for x in 8..<56 { plane.values[y * Self.side + x] = 1 } }
        return plane
    }
    /// The skin without the mouth, as from landmarks.
    private var skin: Plane {
        var plane = mask
        for y in 40..<52 { for x in 20..<44 { plane.values[y * Self.side + x] = 0 } }
        return plane
    }

    private var region: SkinRegion {
        SkinRegion(features: mask.combined(with: skin) { $0 * (1 - $1) }, skin: skin)
    }

    private func matched(_ face: LabPicture, to target: LabPicture) throws -> LabPicture {
        let match = try #require(
            SkinMatch(face: face, target: target, mask: mask, region: region, faceWidth: 48, reach: 0.3))
        let result = SkinMatch.applied([(match, 1)], own: match, to: face)
        return try #require(result)
    }
    private func colour(_ lab: LabPicture, _ x: Int, _ y: Int) -> SIMD3<Float> {
        let index = y * Self.side + x
        return SIMD3(lab.lightness[index], lab.a[index], lab.b[index])
    }
    private func length(_ difference: SIMD3<Float>) -> Float { (difference * difference).sum().squareRoot() }

    private let source = SIMD3<Float>(62, 22, 18)
    private let target = SIMD3<Float>(50, 10, 16)

    @Test("skin gets the target's colour, teeth no tint, lips stay redder, and hair does not affect the skin")
    func colours() throws {
        let own = face(skin: source, lips: SIMD3(48, 36, 14), hair: SIMD3(60, 22, 18))
        let other = face(skin: target, lips: SIMD3(40, 18, 12), hair: SIMD3(12, 2, 3))
        let result = try matched(own, to: other)
        for (x, y) in [(32, 32), (12, 30), (50, 30), (32, 54)] {
            #expect(length(colour(result, x, y) - target) < 1.5, "\(x), \(y): \(colour(result, x, y))")
        }
        let teeth = colour(result, 32, 46)
        #expect(abs(teeth.y) < 1.5 && abs(teeth.z) < 1.5, "\(teeth)")
        let lips = colour(result, 32, 43)
        #expect(lips.y > target.y + 4 && lips.z > 0, "\(lips)")
        // Under the fringe of the target the new forehead is skin.
        #expect(length(colour(result, 32, 11) - target) < 4, "\(colour(result, 32, 11))")
    }

    @Test("a pale face on a tanned one: skin takes the colour, lips do not glow, teeth hardly yellow")
    func tanned() throws {
        let (pale, brown) = (SIMD3<Float>(80, 10, 10), SIMD3<Float>(58, 18, 30))
        let own = face(skin: pale, lips: SIMD3(60, 34, 12), hair: pale)
        let other = face(skin: brown, lips: SIMD3(42, 22, 16), hair: brown)
        let result = try matched(own, to: other)
        for (x, y) in [(32, 32), (12, 30), (50, 30)] {
            #expect(length(colour(result, x, y) - brown) < 1.5, "\(x), \(y): \(colour(result, x, y))")
        }
        let (lips, teeth) = (colour(result, 32, 43), colour(result, 32, 46))
        #expect(lips.y < 43 && lips.z < 30, "\(lips)")
        #expect(teeth.z < 11 && teeth.x > 58, "\(teeth)")
    }

    @Test("light from one side is matched at the edge")
    func light() throws {
        let own = face(skin: source, lips: SIMD3(48, 36, 14), hair: source)
        let other = face(skin: target, lips: SIMD3(40, 18, 12), hair: target, right: 16)
        let result = try matched(own, to: other)
        for x in [9, 54] {
            #expect(abs(colour(result, x, 32).x - colour(other, x, 32).x) < 2)
        }
    }

    @Test("a black-and-white target gives a black-and-white face")
    func grey() throws {
        let own = face(skin: source, lips: SIMD3(48, 36, 14), hair: SIMD3(20, 3, 4))
        let other = face(skin: SIMD3(50, 0, 0), lips: SIMD3(40, 0, 0), hair: SIMD3(12, 0, 0))
        let result = try matched(own, to: other)
        #expect((result.a + result.b).allSatisfy { abs($0) < 0.6 })
    }

    @Test("colour drift of the generated face between frames is removed")
    func steady() throws {
        let other = face(skin: target, lips: SIMD3(40, 18, 12), hair: SIMD3(12, 2, 3))
        let faces = [0, 3, -2, 1].map { (wander: Float) in
            face(skin: source + SIMD3(wander, -wander, wander), lips: SIMD3(48, 36, 14), hair: source)
        }
        let matches = try faces.map {
            try #require(
                SkinMatch(face: $0, target: other, mask: mask, region: region, faceWidth: 48, reach: 0.3))
        }
        for (face, own) in zip(faces, matches) {
            let result = SkinMatch.applied(matches.map { ($0, Float(1)) }, own: own, to: face)
            #expect(try length(colour(#require(result), 32, 32) - target) < 0.6)
        }
    }

    @Test("features of a hazy face get more contrast in a clear target, and keep it in a hazy one")
    func contrast() throws {
        /// With closed lips: white teeth are equally white in every picture.
        func shut(_ skin: SIMD3<Float>, lips: SIMD3<Float>) -> LabPicture {
            var lab = face(skin: skin, lips: lips, hair: skin)
            for index in lab.lightness.indices where lab.lightness[index] == 85 {
                (lab.lightness[index], lab.a[index], lab.b[index]) = (lips.x, lips.y, lips.z)
            }
            return lab
        }
        let hazy = shut(source, lips: SIMD3(57, 26, 17))
        let clear = shut(target, lips: SIMD3(35, 26, 12))
        let even = shut(target, lips: SIMD3(47, 12, 15))
        func depth(_ lab: LabPicture) -> Float { colour(lab, 32, 30).x - colour(lab, 24, 48).x }
        let (raised, kept) = (try depth(matched(hazy, to: clear)), try depth(matched(hazy, to: even)))
        #expect(raised > 1.4 * kept, "\(raised), \(kept)")
        #expect(kept > 0.5 * depth(hazy))
    }

    @Test("an empty mask gives no measurement")
    func empty() {
        let own = face(skin: source, lips: source, hair: source)
        let nothing = Plane(width: Self.side, height: Self.side)
        #expect(
            SkinMatch(face: own, target: own, mask: nothing, region: region, faceWidth: 48, reach: 0.3) == nil
        )
    }
}
