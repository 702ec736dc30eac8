import Foundation
import Pictures
import Safetensors
import Tensors
import Testing

@testable import Vision

/// The optional network, which `Scripts/setup --with-segmentation` fetches.
@Suite(
    "Segmenter",
    .enabled(if: Segmentation.isHere, "Scripts/setup --with-segmentation has not fetched the network"))
struct SegmenterTests {
    @Test("matches MediaPipe's own runtime")
    func parity() throws {
        let golden = try Golden()
        let url = try #require(
            Bundle.module.url(forResource: "Golden/segmenter", withExtension: "safetensors"))
        let expected = try SafetensorsFile(mapping: url).values("person", as: Float.self)
        let small = try golden.picture("picture")
        var large = Picture(width: 256, height: 256)
        for index in 0..<256 * 256 {
            let from = (index / 256 / 2 * 128 + index % 256 / 2) * 3
            for channel in 0..<3 { large.pixels[3 * index + channel] = small.pixels[from + channel] }
        }
        let person = try SelfieSegmenter(weights: Segmentation.folder, device: .cpu).person(in: large)
        let kept = (0..<64 * 64).map { (index: Int) -> Float in
            let (row, column) = (4 * (index / 64), 4 * (index % 64))
            return person.values[row * 256 + column]
        }
        // The picture contains both sides of an outline: a constant would fail.
        #expect(expected.contains { $0 > 0.95 } && expected.contains { $0 < 0.05 })
        #expect(distance(kept, expected) < 2e-3, "\(distance(kept, expected))")
    }

    @Test("returns a plane of the picture's size")
    func size() throws {
        let segmenter = try SelfieSegmenter(weights: Segmentation.folder, device: .cpu)
        let person = try segmenter.person(in: Picture(width: 90, height: 70, red: 200, green: 10, blue: 90))
        #expect(person.width == 90 && person.height == 70)
        #expect(person.values.allSatisfy { (0...1).contains($0) })
    }
}

enum Segmentation {
    static let folder = Weights.folder.deletingLastPathComponent().appending(path: "segmentation")
    static let isHere = FileManager.default.fileExists(
        atPath: folder.appending(path: "segmenter.safetensors").path)
}
