import Faces
import Foundation
import Media
import Pictures
import Tensors
import Testing

@testable import Vision

/// The recogniser as training asks it, on the performers' own faces.
@Suite("Identity embedder")
struct IdentityEmbedderTests {
    /// Aligned crops of some frames of a clip, `[N, 3, size, size]`, and what the recogniser makes of the frames by the
    /// faces' own five points.
    private func faces(_ clip: String, kind: CropKind = .full, size: Int = 128) throws -> (
        crops: Tensor, embeddings: [Embedding]
    ) {
        var settings = AnalysisSettings()
        settings.embedding = .always
        settings.expressions = false
        let analyser = try FaceAnalyser(weights: Weights.folder, device: .cpu, settings: settings)
        let reader = try VideoReader(Shared.clip("performers/\(clip).mp4"))
        var (pixels, embeddings): ([UInt8], [Embedding]) = ([], [])
        var number = 0
        while embeddings.count < 3, let frame = try reader.next() {
            defer { number += 1 }
            guard number % 12 == 0 else { continue }
            let picture = try frame.picture()
            guard let face = try analyser.faces(in: picture).first, let embedding = face.embedding else {
                continue
            }
            let crop = face.alignment.crop(kind, size: size)
            pixels += picture.crop(crop, width: size, height: size).pixels
            embeddings.append(embedding)
        }
        let crops = try Tensor(pixels, shape: [embeddings.count, size, size, 3]).permuted(0, 3, 1, 2)
        return (try crops.to(.float32) / 255, embeddings)
    }

    private func cosines(_ a: Tensor, _ b: Tensor) throws -> [Float] { try (a * b).sum(1).values() }

    @Test("finds an unchanged face the same, another frame like it, and another person not")
    func likeness() throws {
        let judge = try VisionIdentityEmbedder(weights: Weights.folder, crop: .full, device: .cpu)
        let (a, c) = (try faces("performer-a"), try faces("target-c"))
        let (seenA, seenC) = (try judge.embeddings(of: a.crops), try judge.embeddings(of: c.crops))
        #expect(try cosines(seenA, seenA).allSatisfy { abs(1 - $0) < 1e-4 })
        let later = try concatenated([seenA.slice(1..<3, axis: 0), seenA.slice(0..<1, axis: 0)], axis: 0)
        #expect(try cosines(seenA, later).allSatisfy { 1 - $0 < 0.3 })
        #expect(try cosines(seenA, seenC).allSatisfy { 1 - $0 > 0.4 })
    }

    @Test("agrees with the recogniser on the frame itself, whatever the crop", arguments: CropKind.allCases)
    func alignment(_ kind: CropKind) throws {
        let judge = try VisionIdentityEmbedder(weights: Weights.folder, crop: kind, device: .cpu)
        // Enough pixels that the face itself is as large in each.
        let size = Int(80 * kind.coverage)
        let found = try faces("performer-a", kind: kind, size: size)
        let wanted = try Tensor(found.embeddings.flatMap(\.values), shape: [found.embeddings.count, 128])
        #expect(try cosines(judge.embeddings(of: found.crops), wanted).allSatisfy { $0 > 0.8 })
    }

    @Test("points the way from one person to another")
    func gradient() throws {
        let judge = try VisionIdentityEmbedder(weights: Weights.folder, crop: .full, device: .cpu)
        let (a, c) = (try faces("performer-a").crops, try faces("target-c").crops)
        let wanted = try withoutGradient { try judge.embeddings(of: a) }
        func distance(_ x: Tensor) throws -> Tensor {
            try 1 - (judge.embeddings(of: x) * wanted).sum(1).mean()
        }
        let face = try c.contiguous()
        try face.requireGradient()
        try distance(face).backward()
        let slope = try #require(try face.gradient())
        let length = try slope.squared().sum().item()
        #expect(length > 0)
        // A short way along the slope the distance falls as the slope says.
        let way = 2e-3 / length
        let (before, after) = try withoutGradient {
            (try distance(face).item(), try distance(face.detached() - slope * way).item())
        }
        #expect(abs((before - after) / 2e-3 - 1) < 0.15)
    }
}
