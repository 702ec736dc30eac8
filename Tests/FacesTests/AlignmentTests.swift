import Foundation
import Testing

@testable import Faces

@Suite("Alignment and crops")
struct AlignmentTests {
    @Test("the mean face aligns with the unit square exactly at any position")
    func exact() throws {
        let placed = SimilarityTransform(a: 90, b: 35, tx: 220, ty: 140)
        let alignment = try #require(
            FaceAlignment(landmarks: SyntheticFace.unit.transformed(by: placed)))
        let expected = placed.inverse
        #expect(abs(alignment.toUnit.a - expected.a) < 1e-12)
        #expect(abs(alignment.toUnit.b - expected.b) < 1e-12)
        #expect(abs(alignment.toUnit.tx - expected.tx) < 1e-9)
        #expect(abs(alignment.toUnit.ty - expected.ty) < 1e-9)
        #expect(abs(alignment.faceWidth - placed.scale) < 1e-9)
        #expect((alignment.centre - placed(Point(0.5, 0.5))).length < 1e-9)
        #expect(abs(alignment.angle - placed.angle) < 1e-12)
    }

    @Test("an opening jaw does not move the crop at all, raised brows hardly")
    func steady() throws {
        let still = try #require(FaceAlignment(landmarks: SyntheticFace.unit))
        var talking = SyntheticFace.unit
        // Lower lip, chin and jaw.
        for landmark in [14, 17, 84, 87, 181, 314, 317, 405, 152, 148, 377, 176, 400, 150, 379] {
            talking.points[landmark].y += 0.3
        }
        #expect(FaceAlignment(landmarks: talking) == still)
        var surprised = SyntheticFace.unit
        for landmark in [70, 63, 105, 66, 107, 336, 296, 334, 293, 300] {
            surprised.points[landmark].y -= 0.08
        }
        let raised = try #require(FaceAlignment(landmarks: surprised))
        #expect(abs(raised.faceWidth / still.faceWidth - 1) < 0.03)
        #expect((raised.centre - still.centre).length < 0.02)
    }

    @Test("coincident or non-finite landmarks have no alignment")
    func degenerate() {
        let count = FaceLandmarks.count
        for point in [Point(5, 5), Point(.nan, 1), Point(.infinity, 1)] {
            let landmarks = FaceLandmarks(
                points: [Point](repeating: point, count: count), depths: [Float](repeating: 0, count: count),
                presence: 1)
            #expect(FaceAlignment(landmarks: landmarks) == nil)
        }
    }

    @Test("crops of every kind have the unit square at their centre", arguments: CropKind.allCases)
    func crops(_ kind: CropKind) {
        let alignment = FaceAlignment(toUnit: SimilarityTransform(a: 0.01, b: 0.002, tx: -1, ty: 0.5))
        let crop = alignment.crop(kind, size: 128)
        let middle = crop(alignment.toUnit.inverse(Point(0.5, 0.5 - kind.lift)))
        #expect((middle - Point(64, 64)).length < 1e-9)
        let left = crop(alignment.toUnit.inverse(Point(0, 0.5)))
        let right = crop(alignment.toUnit.inverse(Point(1, 0.5)))
        #expect(abs(right.x - left.x - 128 / kind.coverage) < 1e-9)
        #expect(abs(right.y - left.y) < 1e-9)
        // The larger kind covers more, mainly above the face.
        for (small, large) in zip(CropKind.allCases, CropKind.allCases.dropFirst()) {
            #expect(large.coverage > small.coverage && large.lift > small.lift)
        }
    }

    @Test("values survive a round trip; landmarks of another count are rejected")
    func stored() throws {
        let landmarks = SyntheticFace.turned(yaw: 10)
        let face = ObservedFace(
            box: landmarks.box, score: 0.9, landmarks: landmarks,
            alignment: try #require(FaceAlignment(landmarks: landmarks)),
            pose: HeadPose(landmarks: landmarks),
            expression: .neutral, embedding: Embedding(values: [3, 4]), track: 2)
        let data = try JSONEncoder().encode(face)
        #expect(try JSONDecoder().decode(ObservedFace.self, from: data) == face)
        let short = Data(#"{"points":[],"depths":[],"presence":1}"#.utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(FaceLandmarks.self, from: short) }
    }

    @Test("embeddings have unit length, and a zero embedding has no similarity")
    func embeddings() throws {
        let a = Embedding(values: [3, 4])
        #expect(a.values == [0.6, 0.8])
        #expect(abs(a.cosine(a) - 1) < 1e-6)
        #expect(a.cosine(Embedding(values: [0, 0])) == 0)
        #expect(Embedding(values: [.nan, 1]).values == [0, 0])
        let mean = try #require(Embedding.mean(of: [Embedding(values: [1, 0]), Embedding(values: [0, 1])]))
        #expect(abs(mean.values[0] - 0.70710677) < 1e-6)
        #expect(Embedding.mean(of: []) == nil)
    }

    @Test("expressions are found by name")
    func expressions() {
        var coefficients = [Float](repeating: 0, count: 52)
        coefficients[25] = 0.75
        let expression = Faces.Expression(coefficients: coefficients)
        #expect(expression["jawOpen"] == 0.75)
        #expect(expression["eyeBlinkLeft"] == 0)
        #expect(expression["no such name"] == 0)
        #expect(Set(Faces.Expression.names).count == 52)
    }
}
