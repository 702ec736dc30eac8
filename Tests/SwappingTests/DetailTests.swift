import Foundation
import Pictures
import Testing

@testable import Faces
@testable import Swapping

/// The fine detail that a network loses, taken from other frames of the same person.
@Suite("Detail of the source's frames")
struct DetailTests {
    private static let (size, side) = (256, 64)

    /// A face-like picture, moved by whole pixels: slow shapes with edges, and fine texture on them that moves along.
    private func frame(_ x: Int, _ y: Int) -> Picture {
        var picture = Picture(width: Self.size, height: Self.size)
        for row in 0..<Self.size {
            for column in 0..<Self.size {
                let (u, v) = (Float(column - x), Float(row - y))
                let slow =
                    130 + 40 * sin(u / 19 + 0.4 * sin(v / 23)) + 35 * cos(v / 17 + 0.5 * cos(u / 29))
                let fine = 1 + 0.12 * sin(u * 1.3) * sin(v * 1.1 + 0.3 * sin(u / 5))
                for channel in 0..<3 {
                    picture.pixels[(row * Self.size + column) * 3 + channel] = UInt8(rounding: slow * fine)
                }
            }
        }
        return picture
    }

    private func drawing(_ frame: Picture) -> Picture { frame.resized(width: Self.side, height: Self.side) }
    private func sketch(_ frame: Picture) -> FaceSketch {
        FaceSketch(of: drawing(frame), drawing: drawing(frame))
    }

    private let growing = AffineMap(a: 0.25, b: 0, c: 0, d: 0.25, tx: 0, ty: 0)

    private func correlation(_ a: Plane, _ b: Plane) -> Float {
        var (products, squares, others) = (Float(0), Float(0), Float(0))
        for y in 48..<208 {
            for x in 48..<208 {
                let (p, q) = (a.values[y * a.width + x], b.values[y * b.width + x])
                (products, squares, others) = (products + p * q, squares + p * p, others + q * q)
            }
        }
        return products / (squares * others).squareRoot()
    }

    /// The logarithm of what the frame has more than its own drawing.
    private func lost(_ frame: Picture) -> Plane {
        let coarse = drawing(frame).sampled(
            width: Self.size, height: Self.size, transform: growing, filter: .bicubic)
        return frame.luma.combined(with: coarse.luma) { log($0 / $1) }
    }

    @Test("texture follows the drawing to where it has moved", arguments: [(0, 0), (6, 3), (-9, 5)])
    func follows(move: (Int, Int)) throws {
        let exemplar = FaceExemplar(sketch(frame(0, 0)), frame: frame(0, 0))
        let moved = frame(move.0, move.1)
        let all = Plane(width: Self.side, height: Self.side, repeating: 1)
        let layer = DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: all)])
        let gain = try #require(
            layer.gain(of: drawing(moved).luma, width: Self.size, height: Self.size, map: growing))
        #expect(correlation(gain, lost(moved)) > 0.85, "\(correlation(gain, lost(moved)))")
        if move != (0, 0) {
            #expect(correlation(gain, lost(frame(0, 0))) < 0.5)
        }
        // The picture with it is nearer to the frame than the drawing alone.
        let soft = drawing(moved).sampled(
            width: Self.size, height: Self.size, transform: growing, filter: .bicubic)
        func error(_ picture: Picture) -> Float {
            let difference = picture.luma.combined(with: moved.luma) { abs($0 - $1) }
            return difference.cropped(x: 48, y: 48, width: 160, height: 160).mean
        }
        #expect(error(soft.multiplied(byExponentialOf: gain)) < 0.55 * error(soft))
    }

    @Test("what a drawing shows a pixel beside its frame is no detail")
    func aligned() {
        // The network drew this frame 4 pixels of the frame too far to the right.
        let exemplar = FaceExemplar(
            FaceSketch(of: drawing(frame(0, 0)), drawing: drawing(frame(4, 0))), frame: frame(0, 0))
        let all = Plane(width: Self.side, height: Self.side, repeating: 1)
        let gain = DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: all)])
            .gain(of: drawing(frame(4, 0)).luma, width: Self.size, height: Self.size, map: growing)
        #expect(gain.map { correlation($0, lost(frame(4, 0))) } ?? 0 > 0.85)
    }

    @Test("none where the frame shows no more than the drawing does, and none where nothing is wanted")
    func none() throws {
        let exemplar = FaceExemplar(sketch(frame(0, 0)), frame: frame(0, 0))
        func layer(_ weight: Float) -> DetailLayer {
            let plane = Plane(width: Self.side, height: Self.side, repeating: weight)
            return DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: plane)])
        }
        let luma = drawing(frame(0, 0)).luma
        #expect(layer(1).gain(of: luma, width: 64, height: 64, map: .identity) == nil)
        let nothing = try #require(
            layer(0).gain(of: luma, width: Self.size, height: Self.size, map: growing))
        #expect(nothing.values.allSatisfy { $0 == 0 })
    }

    @Test("no detail where the two drawings do not show the same")
    func doubtful() throws {
        let exemplar = FaceExemplar(sketch(frame(0, 0)), frame: frame(0, 0))
        // A dark bar, such as a shut eye, that the exemplar does not have.
        var other = frame(0, 0)
        for row in 120..<136 {
            for column in 80..<176 {
                for channel in 0..<3 { other.pixels[(row * Self.size + column) * 3 + channel] = 20 }
            }
        }
        let all = Plane(width: Self.side, height: Self.side, repeating: 1)
        let gain = try #require(
            DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: all)])
                .gain(of: drawing(other).luma, width: Self.size, height: Self.size, map: growing))
        func strength(_ y: Int) -> Float {
            var cut = gain.cropped(x: 96, y: y, width: 64, height: 12)
            cut.values = cut.values.map(abs)
            return cut.mean
        }
        #expect(strength(122) < 0.4 * strength(60), "\(strength(122)), \(strength(60))")
    }

    @Test("a network of more pixels than shapes have gets its detail in the same places")
    func large() throws {
        let side = 160
        func drawing(_ frame: Picture) -> Picture { frame.resized(width: side, height: side) }
        let sketch = FaceSketch(of: drawing(frame(0, 0)), drawing: drawing(frame(0, 0)))
        #expect(sketch.shape.width == 128)
        let scale = Double(side) / Double(Self.size)
        let map = AffineMap(a: scale, b: 0, c: 0, d: scale, tx: 0, ty: 0)
        func gain(_ moved: Picture) throws -> Plane {
            let all = Plane(width: 128, height: 128, repeating: 1)
            let exemplar = FaceExemplar(sketch, frame: frame(0, 0))
            return try #require(
                DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: all)])
                    .gain(of: drawing(moved).luma, width: Self.size, height: Self.size, map: map))
        }
        let moved = frame(6, 3)
        let soft = drawing(moved).sampled(
            width: Self.size, height: Self.size, transform: map, filter: .bicubic)
        let lost = moved.luma.combined(with: soft.luma) { log($0 / $1) }
        let (here, there) = (correlation(try gain(moved), lost), correlation(try gain(frame(0, 0)), lost))
        #expect(here > 0.8 && there < 0.5, "\(here), \(there)")
    }

    @Test("of several exemplars that do not agree it is as strong as of one")
    func strength() throws {
        /// The same shapes, with texture of another kind.
        func other(_ phase: Float) -> Picture {
            var picture = drawing(frame(0, 0)).sampled(
                width: Self.size, height: Self.size, transform: growing, filter: .bicubic)
            for row in 0..<Self.size {
                for column in 0..<Self.size {
                    let fine = 1 + 0.12 * sin(Float(column) * 1.3 + phase) * sin(Float(row) * 1.1)
                    for place in (row * Self.size + column) * 3..<(row * Self.size + column) * 3 + 3 {
                        picture.pixels[place] = UInt8(rounding: Float(picture.pixels[place]) * fine)
                    }
                }
            }
            return picture
        }
        let sketch = sketch(frame(0, 0))
        func strength(_ phases: [Float]) throws -> Float {
            let share = Plane(width: Self.side, height: Self.side, repeating: 1 / Float(phases.count))
            let parts = phases.map {
                DetailLayer.Part(exemplar: FaceExemplar(sketch, frame: other($0)), weight: share)
            }
            let gain = try #require(
                DetailLayer(parts).gain(
                    of: drawing(frame(0, 0)).luma, width: Self.size, height: Self.size, map: growing))
            let inner = gain.cropped(x: 48, y: 48, width: 160, height: 160).values
            return (inner.reduce(0) { $0 + $1 * $1 } / Float(inner.count)).squareRoot()
        }
        let (one, two, opposed) = try (strength([0]), strength([0, .pi / 2]), strength([0, .pi]))
        // A quarter of a period apart, two have 0.71 of the strength in their mean.
        #expect(abs(two - one) < 0.1 * one, "\(one), \(two)")
        // What cancels out is not blown up from nothing.
        #expect(opposed < 0.6 * one, "\(one), \(opposed)")
    }

    @Test(
        "a drawing softer than the network draws the exemplars gets their contrast, and a crisper one keeps its own"
    )
    func contrast() throws {
        /// Grey with ripples of seven pixels of the drawing.
        func rippled(_ strength: Float) -> Picture {
            var picture = Picture(width: Self.size, height: Self.size)
            for row in 0..<Self.size {
                for column in 0..<Self.size {
                    let ripple = sin(Float(column) / 4.5) * sin(Float(row) / 4.5)
                    let value = UInt8(rounding: 122 * (1 + 0.25 * strength * ripple))
                    for place in (row * Self.size + column) * 3..<(row * Self.size + column) * 3 + 3 {
                        picture.pixels[place] = value
                    }
                }
            }
            return picture
        }
        let exemplar = FaceExemplar(sketch(rippled(1)), frame: rippled(1))
        let all = Plane(width: Self.side, height: Self.side, repeating: 1)
        let layer = DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: all)])
        let full = drawing(rippled(1)).luma.contrast
            .sampled(width: Self.size, height: Self.size, transform: growing)
        /// How much of the full ripples is added.
        func added(to strength: Float) throws -> Float {
            let gain = try #require(
                layer.gain(
                    of: drawing(rippled(strength)).luma, width: Self.size, height: Self.size, map: growing))
            func inner(_ plane: Plane) -> Plane { plane.cropped(x: 48, y: 48, width: 160, height: 160) }
            let (a, b) = (inner(gain), inner(full))
            return a.product(b).values.reduce(0, +) / b.product(b).values.reduce(0, +)
        }
        let (soft, equal, crisp) = try (added(to: 0.75), added(to: 1), added(to: 1.3))
        #expect(abs(soft - equal - 0.25) < 0.03, "\(soft), \(equal)")
        #expect(abs(crisp - equal) < 0.03, "\(equal), \(crisp)")
        // What hardly shows anything is not blown up.
        #expect(try added(to: 0.1) - equal < 0.06)
    }

    @Test("who is nearest has the say, and shares change no faster than distances do")
    func shares() {
        func near(_ distances: [Float]) -> [SourceFrames.Neighbour] {
            distances.enumerated().map { SourceFrames.Neighbour(index: $0.offset, distance: $0.element) }
        }
        #expect(SourceFrames.shares([]).isEmpty)
        #expect(SourceFrames.shares(near([9, 3])).map(\.index) == [1])
        let equal = SourceFrames.shares(near([2, 2, 2, 2]))
        #expect(equal.allSatisfy { abs($0.share - 0.25) < 1e-6 } && equal.count == 4)
        #expect(SourceFrames.shares([.init(index: 0, distance: 1, weight: 0)]).isEmpty)

        var before: [Int: Float] = [:]
        for step in 0...4000 {
            let at = Float(step) / 1000
            // Some pass each other closely, some are always as near as another.
            let distances = (0..<12).map { 4 + 3 * abs(at - Float($0 / 2)) + 0.01 * Float($0 % 3) }
            let shares = SourceFrames.shares(near(distances))
            #expect(abs(shares.reduce(0) { $0 + $1.share } - 1) < 1e-5)
            let now = Dictionary(uniqueKeysWithValues: shares.map { ($0.index, $0.share) })
            if step > 0 {
                for index in 0..<12 {
                    #expect(abs((now[index] ?? 0) - (before[index] ?? 0)) < 0.06, "\(at): \(index)")
                }
            }
            before = now
        }
    }

    @Test("a drawing agrees with its own frame, and not with another")
    func agreement() {
        let all = Plane(width: Self.side, height: Self.side, repeating: 1)
        #expect(sketch(frame(0, 0)).agreement(inside: all) > 0.99)
        let other = FaceSketch(of: drawing(frame(40, 33)), drawing: drawing(frame(0, 0)))
        #expect(other.agreement(inside: all) < 0.7)
        let even = Picture(width: Self.side, height: Self.side, red: 90, green: 90, blue: 90)
        #expect(FaceSketch(of: even, drawing: even).agreement(inside: all) == 0)
    }

    @Test("detail fades out before the frame is too coarse for it")
    func fading() throws {
        let exemplar = FaceExemplar(sketch(frame(0, 0)), frame: frame(0, 0))
        let all = Plane(width: Self.side, height: Self.side, repeating: 1)
        let layer = DetailLayer([DetailLayer.Part(exemplar: exemplar, weight: all)])
        func strength(_ step: Double) -> Float {
            let size = Int(Double(Self.side) / step)
            let map = AffineMap(a: step, b: 0, c: 0, d: step, tx: 0, ty: 0)
            let gain = layer.gain(of: drawing(frame(0, 0)).luma, width: size, height: size, map: map)
            return gain.map { $0.values.reduce(0) { $0 + abs($1) } / Float(size * size) } ?? 0
        }
        let (full, half, late) = (strength(0.6), strength(0.75), strength(0.849))
        #expect(full > 0 && half > 0.25 * full && half < 0.75 * full && late < 0.02 * full)
        #expect(strength(0.86) == 0)
    }

    @Test("luma is multiplied by the exponential, and hue stays")
    func multiplied() {
        let picture = Picture(width: 13, height: 1, red: 120, green: 80, blue: 60)
        let plane = Plane(width: 13, height: 1, values: (0..<13).map { Float($0 - 6) / 10 })
        let result = picture.multiplied(byExponentialOf: plane)
        for (index, value) in plane.values.enumerated() {
            for (channel, level) in [Float(120), 80, 60].enumerated() {
                let wanted = min(255, level * exp(value))
                #expect(abs(Float(result.pixels[index * 3 + channel]) - wanted) <= 0.02 * wanted + 0.5)
            }
        }
    }

    private static let outlines = [
        [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
        [362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382],
        [
            61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
        ],
    ]

    @Test("parts of a face lie within it, beside each other, and the turn counts for each")
    func parts() {
        // The mean face, 120 pixels wide, its outline a ring; eyes and mouth are rings, too.
        func ring(_ count: Int, _ index: Int, _ middle: Point, _ a: Double, _ b: Double) -> Point {
            let angle = 2 * Double.pi * Double(index) / Double(count)
            return middle + Point(a * cos(angle), b * sin(angle))
        }
        func placed(_ x: Double, _ y: Double) -> Point { Point(40 + 120 * x, 40 + 120 * y) }
        let (right, left, lips) = (placed(0.25, 0.3), placed(0.75, 0.3), placed(0.5, 0.8))
        var points = (0..<FaceLandmarks.count).map {
            ring(FaceLandmarks.count, $0, Point(100, 100), 75, 85)
        }
        for vertex in MeanFace.alignment { points[vertex.landmark] = placed(vertex.x, vertex.y) }
        for (outline, (middle, a, b)) in zip(
            Self.outlines, [(right, 12.0, 5.0), (left, 12, 5), (lips, 22, 8)])
        {
            for (index, landmark) in outline.enumerated() where MeanFace.places[landmark] == nil {
                points[landmark] = ring(outline.count, index, middle, a, b)
            }
        }
        let landmarks = FaceLandmarks(points: points, depths: points.map { _ in 0 }, presence: 1)
        let planes = FacePart.planes(landmarks: landmarks, transform: .identity, size: 200)
        #expect(planes.count == FacePart.allCases.count)
        for index in planes[0].values.indices {
            let sum = planes.reduce(0) { $0 + $1.values[index] }
            #expect(planes.allSatisfy { $0.values[index] >= 0 } && sum < 1.001)
        }
        func values(_ x: Int, _ y: Int) -> [Float] { planes.map { $0.values[y * 200 + x] } }
        for eye in [right, left] { #expect(values(Int(eye.x), Int(eye.y))[0] > 0.9) }
        #expect(values(Int(lips.x), Int(lips.y))[1] > 0.9)
        #expect(values(100, 30)[2] > 0.9)
        #expect(values(5, 5).allSatisfy { $0 == 0 })
        for part in FacePart.allCases { #expect(part.weight(of: "yaw") == 3) }
        #expect(FacePart.eyes.weight(of: "mouthOpen") == 0 && FacePart.mouth.weight(of: "gazeLeft") == 0)
        #expect(FacePart.mouth.weight(of: "mouthOpen") == 5 && FacePart.skin.weight(of: "mouthOpen") == 1.5)
    }
}
