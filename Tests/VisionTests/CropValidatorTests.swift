import Faces
import Foundation
import Media
import Pictures
import Tensors
import Testing
import Vision

@Suite("Judging of crops")
struct CropValidatorTests {
    /// Crops of 128 px, as training has them, of some frames, and what is seen in the whole frames.
    private func crops(_ name: String, kind: CropKind = .full) throws -> (
        pictures: [Picture], faces: [ObservedFace]
    ) {
        let analyser = try FaceAnalyser(weights: Weights.folder, device: .cpu)
        let reader = try VideoReader(Shared.clip("performers/\(name)"))
        var (pictures, faces) = ([Picture](), [ObservedFace]())
        var number = 0
        while faces.count < 12, let frame = try reader.next() {
            defer { number += 1 }
            guard number % 9 == 0 else { continue }
            let picture = try frame.picture()
            analyser.reset()
            guard let face = try analyser.observe(picture, embedding: .always).first else { continue }
            pictures.append(picture.crop(face.alignment.crop(kind, size: 128), width: 128, height: 128))
            faces.append(face)
        }
        return (pictures, faces)
    }

    @Test("the target itself moves as the target, and is the target", arguments: [CropKind.full, .whole])
    func same(kind: CropKind) throws {
        let (target, source) = (
            try crops("target-c.mp4", kind: kind), try crops("performer-a.mp4", kind: kind)
        )
        let judge = try CropValidator(
            weights: Weights.folder, device: .cpu, crop: kind, source: source.pictures,
            targets: target.pictures)
        let figures = try judge.figures(of: target.pictures)
        #expect(figures.faces == 12)
        #expect(
            (figures.eyes ?? 0) > 0.999 && (figures.mouth ?? 0) > 0.999 && (figures.poseError ?? 9) < 0.01)
        #expect((figures.toTarget ?? 0) > 0.8 && (figures.toTarget ?? 0) > (figures.toSource ?? 1) + 0.2)
    }

    @Test("crops alone show what their frames show: pose, expression and identity")
    func asInFrames() throws {
        let (target, source) = (try crops("target-c.mp4"), try crops("performer-a.mp4"))
        // The source's own crops in place of swaps, whose truth the frames tell.
        let judge = try CropValidator(
            weights: Weights.folder, device: .cpu, crop: .full, source: source.pictures,
            targets: target.pictures)
        let figures = try judge.figures(of: source.pictures)
        let pose = zip(source.faces, target.faces).map { a, b in
            Double(
                abs(a.pose.yaw - b.pose.yaw) + abs(a.pose.pitch - b.pose.pitch)
                    + abs(a.pose.roll - b.pose.roll)) / 3
        }
        let expected = pose.reduce(0, +) / Double(pose.count)
        // A crop is turned upright, so that the roll of the frame is not in it.
        #expect((0.8 * expected)...(1.05 * expected) ~= figures.poseError ?? 0)
        #expect((figures.toSource ?? 0) > 0.8 * (figures.sourceToSource ?? 1))
        #expect((figures.toSource ?? 0) > (figures.toTarget ?? 1) + 0.2)
        #expect(figures.faces == 12)
    }

    @Test("another expression and another turn are noticed")
    func other() throws {
        let (target, source) = (try crops("target-c.mp4"), try crops("performer-a.mp4"))
        let judge = try CropValidator(
            weights: Weights.folder, device: .cpu, crop: .full, source: source.pictures,
            targets: target.pictures)
        let shifted = Array(target.pictures[5...] + target.pictures[..<5])
        let figures = try judge.figures(of: shifted)
        #expect((figures.eyes ?? 1) < 0.7 && (figures.mouth ?? 1) < 0.7 && (figures.poseError ?? 0) > 0.5)
        let grey = Picture(width: 128, height: 128, red: 128, green: 128, blue: 128)
        let nothing = try judge.figures(of: target.pictures.map { _ in grey })
        #expect(nothing.faces == 0 && nothing.toSource == nil && nothing.mouth == nil)
    }

    @Test("a mouth that hangs open, or an eye that looks elsewhere, in every frame counts against a swap")
    func offsets() throws {
        func faces(gap: Double, gaze: Double) -> [FaceLandmarks] {
            (0..<6).map { number in
                var face = SyntheticEyes.face
                face.points[14].y += gap + Double(number)
                face.points[468].x += gaze + Double(number % 2)
                return face
            }
        }
        let target = ExpressionSeries(faces(gap: 0, gaze: 0))
        let open = ExpressionSeries(faces(gap: 8, gaze: 0))
        let crossed = ExpressionSeries(faces(gap: 0, gaze: 6))
        #expect(try abs(#require(pooledConcordance(target.mouths, target.mouths)) - 1) < 1e-12)
        #expect(try #require(pooledConcordance(open.mouths, target.mouths)) < 0.3)
        #expect(try abs(#require(pooledConcordance(open.eyes, target.eyes)) - 1) < 1e-12)
        #expect(try #require(pooledConcordance(crossed.eyes, target.eyes)) < 0.3)
        #expect(try abs(#require(pooledConcordance(crossed.mouths, target.mouths)) - 1) < 1e-12)
    }

    @Test("pooled concordance by hand")
    func pooled() throws {
        // Columns' products 2 · (2, 2), squares (2 + 2, 2 + 2), shifts 3 · (1², 0²).
        let (a, b): ([[Double]], [[Double]]) = ([[0, 1], [1, 2], [2, 3]], [[1, 1], [2, 2], [3, 3]])
        #expect(try abs(#require(pooledConcordance(a, b)) - 8.0 / 11) < 1e-12)
        #expect(pooledConcordance([[1]], [[1]]) == nil && pooledConcordance([[1], [1]], [[1], [1]]) == nil)
    }
}

/// Landmarks with two eyes of 40 pixels and a mouth of 60, all else at the origin.
private enum SyntheticEyes {
    static let face: FaceLandmarks = {
        var points = [Point](repeating: Point(0, 0), count: FaceLandmarks.count)
        let places: [(Int, Double, Double)] = [
            (33, 100, 100), (133, 140, 100), (362, 180, 100), (263, 220, 100), (468, 120, 100),
            (473, 200, 100),
            (61, 130, 180), (291, 190, 180), (13, 160, 180), (14, 160, 180),
        ]
        for (index, x, y) in places { points[index] = Point(x, y) }
        return FaceLandmarks(
            points: points, depths: [Float](repeating: 0, count: FaceLandmarks.count), presence: 1)
    }()
}
