import Foundation
import Pictures
import Testing

@testable import Faces
@testable import Swapping

/// Strands of the source's fringe are excluded from the swapped face.
@Suite("Hair on the forehead")
struct ForeheadHairTests {
    private static let side = 160
    /// Rows 20 to 60 of columns 40 to 120.
    private let forehead = Plane(
        width: side, height: side,
        values: (0..<side * side).map { index in
            (20..<60).contains(index / side) && (40..<120).contains(index % side) ? 1 : 0
        })

    /// A face of constant lightness on a background, with optional changes.
    private func face(_ lightness: (_ x: Int, _ y: Int) -> Float) -> LabPicture {
        var picture = LabPicture(Picture(width: Self.side, height: Self.side))
        for index in picture.lightness.indices {
            picture.lightness[index] = lightness(index % Self.side, index / Self.side)
        }
        return picture
    }

    private func found(_ face: LabPicture) -> Plane? {
        ForeheadHair.plane(in: face, forehead: forehead, faceWidth: 100)
    }

    @Test("a dark strand is detected from end to end, without the skin beside it")
    func strand() throws {
        let plane = try #require(
            found(face { x, y in (76..<84).contains(x) && y < 50 ? 35 : 65 }))
        for y in [26, 34, 42] { #expect(plane.values[y * Self.side + 80] > 0.9, "\(y)") }
        for (x, y) in [(60, 40), (100, 40), (80, 58), (80, 90)] {
            #expect(plane.values[y * Self.side + x] < 0.1, "\(x), \(y)")
        }
    }

    @Test("light from one side, a frown line, dark brows below and a bright background are not strands")
    func none() {
        #expect(found(face { x, _ in 70 - 0.4 * Float(x - 40) }) == nil)
        #expect(found(face { _, y in (38..<41).contains(y) ? 61 : 65 }) == nil)
        #expect(found(face { _, y in y >= 62 ? 20 : 65 }) == nil)
        #expect(found(face { x, _ in (40..<120).contains(x) ? 50 : 95 }) == nil)
    }

    @Test("strands are excluded from the swapped face in a conversion, stripes on the cheeks are not")
    func conversion() throws {
        let size = 40.0
        func place(_ x: Double, _ y: Double) -> Point { Point(60 + size * x, 38 + size * y) }
        var points = [Point](repeating: place(0.5, 0.5), count: FaceLandmarks.count)
        for vertex in MeanFace.rigid + MeanFace.alignment {
            points[vertex.landmark] = place(vertex.x, vertex.y)
        }
        for (number, index) in [21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251].enumerated() {
            let angle = Double.pi * Double(number) / 10
            points[index] = place(0.5 - 0.55 * cos(angle), 0.15 - 0.5 * sin(angle))
        }
        for (number, index) in [300, 293, 334, 296, 336, 107, 66, 105, 63, 70].enumerated() {
            points[index] = place(0.95 - 0.1 * Double(number), 0.15)
        }
        points[152] = place(0.5, 1.3)
        let landmarks = FaceLandmarks(
            points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
        let unit = SimilarityTransform(a: 1 / size, b: 0, tx: -60 / size, ty: -38 / size)
        let face = ObservedFace(
            box: landmarks.box, score: 1, landmarks: landmarks, alignment: FaceAlignment(toUnit: unit),
            pose: HeadPose(yaw: 0, pitch: 0, roll: 0), expression: .neutral, embedding: nil, track: 1)
        /// The mask layer's values along a row of the face, of a skin with or without dark stripes.
        func row(_ y: Double, striped: Bool) throws -> [Int] {
            var settings = ConversionSettings(
                composite: CompositeSettings(mask: .learned, feather: 0, colour: .none))
            settings.layer = .mask
            let swapper = ScriptedSwapper { _ in
                var picture = Picture(width: 96, height: 96, red: 200, green: 160, blue: 140)
                for index in 0..<96 * 96 where striped && index % 12 < 3 {
                    for channel in 0..<3 { picture.pixels[3 * index + channel] = 60 }
                }
                return picture
            }
            let pipeline = ConversionPipeline<MemoryFrame>(
                observer: ScriptedObserver { _ in [face] }, roles: [SwapRole(swapper: swapper)],
                settings: settings)
            let frame = try #require(pipeline.converted(waves: 3).frames.last).pixels
            return stride(from: 0.3, through: 0.7, by: 0.025).map { x in
                let point = place(x, y)
                return Int(frame.pixels[(Int(point.y) * 160 + Int(point.x)) * 3])
            }
        }
        #expect(try row(-0.15, striped: false).allSatisfy { $0 > 250 })
        #expect(try row(-0.15, striped: true).contains { $0 < 100 })
        #expect(try row(0.7, striped: true).allSatisfy { $0 > 250 })
    }
}
