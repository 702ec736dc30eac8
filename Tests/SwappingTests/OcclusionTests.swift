import Foundation
import Pictures
import Swapping
import Testing

@Suite("Occlusion")
struct OcclusionTests {
    private static let side = 96
    /// Slightly uneven skin, two eyes and a mouth.
    private let face: Picture = {
        var picture = Picture(width: side, height: side)
        for index in 0..<side * side {
            let (x, y) = (Double(index % side), Double(index / side))
            let skin = 1 + 0.05 * sin(x / 9) * cos(y / 13)
            let isFeature =
                hypot(abs(x - 48) - 15, 2 * (y - 38)) < 7 || hypot(0.6 * (x - 48), 2 * (y - 66)) < 8
            let colour: [Double] = isFeature ? [90, 50, 50] : [205, 155, 130]
            for (channel, value) in colour.enumerated() {
                picture.pixels[index * 3 + channel] = UInt8(value * skin)
            }
        }
        return picture
    }()
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

    /// The face with a dark green disc as an occluder.
    private func covered(radius: Int, x: Int, y: Int) -> Picture {
        var picture = face
        for (index, amount) in Self.disc(radius: radius, x: x, y: y).values.enumerated() where amount > 0 {
            for (channel, value) in [30, 120, 50].enumerated() {
                picture.pixels[index * 3 + channel] = UInt8(value)
            }
        }
        return picture
    }

    /// The eye on the right, at the distance from the face's edge of a turned head's far eye.
    private let features = disc(radius: 12, x: 70, y: 38)

    private func found(_ crop: Picture, yaw: Double = 0) -> Plane? {
        Occlusion().plane(crop: crop, own: face, mask: mask, features: features, yaw: yaw, faceWidth: 60)
    }

    @Test("a disc that crosses the face's edge is detected, and nothing else")
    func reaching() throws {
        let plane = try #require(found(covered(radius: 14, x: 48, y: 76)))
        #expect(plane.values[72 * Self.side + 48] > 0.95)
        #expect(plane.values[40 * Self.side + 48] == 0)
        #expect(plane.values[60 * Self.side + 24] == 0)
        #expect(plane.values[60 * Self.side + 72] == 0)
    }

    @Test(
        "a difference in the middle of the face or a small one at its edge is a model error, not an occluder")
    func spared() {
        #expect(found(covered(radius: 10, x: 48, y: 48)) == nil)
        #expect(found(covered(radius: 2, x: 48, y: 80)) == nil)
        #expect(found(face) == nil)
    }

    @Test("another light on the whole face is not an occluder")
    func light() {
        var dark = face
        dark.pixels = dark.pixels.map { UInt8(Double($0) * 0.75) }
        #expect(found(dark) == nil)
        // From the side, half as bright on the right as on the left.
        var side = face
        for index in side.pixels.indices {
            let across = Double(index / 3 % Self.side) / Double(Self.side)
            side.pixels[index] = UInt8(Double(side.pixels[index]) * (1 - 0.5 * across))
        }
        #expect(found(side) == nil)
    }

    @Test("a poor reconstruction does not cause an occluder")
    func bad() {
        // Alternating blocks that are too dark and too bright.
        var other = face
        for index in other.pixels.indices {
            let (x, y) = (index / 3 % Self.side, index / 3 / Self.side)
            let isBright = (x / 24 + y / 24) % 2 == 0
            other.pixels[index] = UInt8(max(0, min(255, Int(other.pixels[index]) + (isBright ? 14 : -14))))
        }
        #expect(found(other) == nil)
    }

    @Test("a wrongly reconstructed eye is not an occluder; a hand over it is")
    func wrongEye() throws {
        #expect(found(covered(radius: 10, x: 71, y: 38)) == nil)
        let hand = try #require(found(covered(radius: 20, x: 74, y: 58)))
        #expect(hand.values[45 * Self.side + 70] > 0.95)
    }

    /// The mask for a mouth reconstructed as in `face` while `crop` differs.
    private func foundAtMouth(_ crop: Picture) -> Plane? {
        let mouth = Self.disc(radius: 12, y: 66)
        return Occlusion().plane(crop: crop, own: face, mask: mask, features: mouth, yaw: 0, faceWidth: 60)
    }

    @Test(
        "a tooth at the mouth's corner is not an occluder, even beside one that reaches the face's edge")
    func tooth() throws {
        var crop = covered(radius: 7, x: 38, y: 79)
        for (index, amount) in Self.disc(radius: 7, x: 42, y: 68).values.enumerated() where amount > 0 {
            for channel in 0..<3 { crop.pixels[index * 3 + channel] = 235 }
        }
        let plane = try #require(foundAtMouth(crop))
        #expect(plane.values[79 * Self.side + 36] > 0.9)
        #expect(plane.values[66 * Self.side + 44] < 0.1)
    }

    @Test("a microphone that hides the whole mouth is an occluder")
    func microphone() throws {
        let plane = try #require(foundAtMouth(covered(radius: 17, x: 48, y: 70)))
        #expect(plane.values[66 * Self.side + 48] > 0.95)
        #expect(plane.values[80 * Self.side + 48] > 0.95)
    }

    @Test("a shade within the usual model error is not an occluder")
    func shade() {
        var crop = face
        for (index, amount) in Self.disc(radius: 14, x: 48, y: 76).values.enumerated() where amount > 0 {
            for channel in 0..<3 { crop.pixels[index * 3 + channel] -= 17 }
        }
        #expect(found(crop) == nil)
    }

    @Test("the threshold rises with the yaw: models are least accurate on the far side")
    func turned() {
        var pale = face
        for (index, amount) in Self.disc(radius: 14, x: 48, y: 76).values.enumerated() where amount > 0 {
            for (channel, value) in [196, 152, 140].enumerated() {
                pale.pixels[index * 3 + channel] = UInt8(value)
            }
        }
        let isFoundAhead = found(pale) != nil
        #expect(isFoundAhead)
        let isFound = found(pale, yaw: 45) != nil
        #expect(!isFound)
        #expect(
            found(covered(radius: 14, x: 48, y: 76), yaw: 45) != nil, "a large difference is still detected")
    }
}
