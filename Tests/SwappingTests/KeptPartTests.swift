import Foundation
import Pictures
import Testing

@testable import Faces
@testable import Swapping

/// Parts of the target's own face that are kept.
@Suite("Kept parts")
struct KeptPartTests {
    /// A frontal face of 200 pixels, with lips open by 12 pixels.
    private let landmarks: FaceLandmarks = {
        var points = [Point](repeating: Point(200, 200), count: FaceLandmarks.count)
        for vertex in MeanFace.rigid + MeanFace.alignment {
            points[vertex.landmark] = Point(100 + 200 * vertex.x, 100 + 200 * vertex.y)
        }
        func ring(_ indices: [Int], _ x: Double, _ y: Double, _ width: Double, _ height: Double) {
            for (place, index) in indices.enumerated() {
                let angle = 2 * Double.pi * Double(place) / Double(indices.count)
                points[index] = Point(x - width * cos(angle), y - height * sin(angle))
            }
        }
        ring(
            [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7], 148, 161, 24, 9)
        ring(
            [362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382], 252, 161, 24, 9)
        ring(
            [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146],
            200, 273, 40, 20)
        ring(
            [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95],
            200, 273, 30, 6)
        return FaceLandmarks(
            points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    }()

    private func plane(_ parts: KeptPart...) -> Plane? {
        KeptPart.plane(
            of: parts, landmarks: landmarks, transform: .identity, size: 400, faceWidth: 200)
    }

    private func at(_ plane: Plane?, _ x: Int, _ y: Int) -> Float { plane?.values[y * 400 + x] ?? -1 }

    @Test("kept parts are complete and limited to their surroundings")
    func parts() {
        #expect(plane() == nil)
        let mouth = plane(.mouth)
        for (x, y) in [(200, 273), (165, 273), (235, 273), (200, 256), (200, 290)] {
            #expect(at(mouth, x, y) > 0.95, "\(x), \(y)")
        }
        for (x, y) in [(148, 161), (200, 220), (200, 330), (110, 273)] { #expect(at(mouth, x, y) < 0.02) }
        let eyes = plane(.eyes)
        #expect(at(eyes, 148, 161) > 0.95 && at(eyes, 252, 161) > 0.95)
        #expect(at(eyes, 200, 273) < 0.02 && at(eyes, 200, 120) < 0.02)
        // Teeth: only the area between the lips.
        let teeth = plane(.teeth)
        #expect(at(teeth, 200, 273) > 0.9 && at(teeth, 200, 258) < 0.05 && at(teeth, 166, 273) < 0.05)
        let both = plane(.eyes, .mouth)
        #expect(at(both, 148, 161) > 0.95 && at(both, 200, 273) > 0.95)
    }

    @Test("kept parts are visible in the finished frame, their surroundings are swapped")
    func shown() throws {
        let small = SimilarityTransform(a: 0.22, b: 0, tx: 36, ty: 14)
        let seen = landmarks.transformed(by: small)
        let unit = SimilarityTransform(a: 1 / 44, b: 0, tx: 0.5 - 80 / 44, ty: 0.5 - 58 / 44)
        let face = ObservedFace(
            box: seen.box, score: 1, landmarks: seen, alignment: FaceAlignment(toUnit: unit),
            pose: HeadPose(yaw: 0, pitch: 0, roll: 0), expression: .neutral, embedding: nil, track: 1)
        /// The mask's value at a point of the face.
        func mask(_ kept: [KeptPart], scale: Double = 1) throws -> (Double, Double) -> Int {
            var settings = ConversionSettings(
                composite: CompositeSettings(mask: .learned, feather: 0, colour: .none))
            (settings.layer, settings.composite.kept, settings.composite.scale) = (.mask, kept, scale)
            let pipeline = ConversionPipeline<MemoryFrame>(
                observer: ScriptedObserver { _ in [face] },
                roles: [SwapRole(swapper: ScriptedSwapper())], settings: settings)
            let frame = try #require(pipeline.converted(waves: 3).frames.last).pixels
            return { x, y in
                let place = small(Point(x, y))
                return Int(frame.pixels[(Int(place.y) * 160 + Int(place.x)) * 3])
            }
        }
        let (all, kept) = (try mask([]), try mask([.mouth]))
        #expect(all(200, 273) > 250 && all(148, 161) > 250 && all(130, 230) > 250)
        #expect(kept(200, 273) < 10 && kept(148, 161) > 250 && kept(130, 230) > 250)
        // A scaled swapped face does not move the target's mouth.
        let larger = try mask([.mouth], scale: 1.3)
        #expect(larger(200, 273) < 10 && larger(200, 325) > 250 && larger(200, 215) > 250)
    }

    @Test("kept parts are feathered over some pixels")
    func soft() {
        let mouth = plane(.mouth)
        let edge = (290..<330).map { at(mouth, 200, $0) }
        #expect(zip(edge, edge.dropFirst()).allSatisfy { $0 >= $1 - 1e-5 && $0 - $1 < 0.15 })
    }
}
