import Evaluation
import Foundation
import Media
import Pictures
import Testing

/// The sample clips of the repository, and the networks' weights.
enum Samples {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL
    static let weights = root.appendingPathComponent(".deps/weights")

    /// A clip of a rendered performer; performer-c's training clip is in the shared folder alone.
    static func clip(_ name: String) -> URL {
        let sample = root.appendingPathComponent("Samples/\(name)")
        guard !FileManager.default.fileExists(atPath: sample.path) else { return sample }
        let shared =
            ProcessInfo.processInfo.environment["DIMORPH_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent("../shared")
        return shared.appendingPathComponent("data/performers/\(name)")
    }

    /// Whether `Scripts/setup` has converted the networks' weights.
    static var hasWeights: Bool {
        FileManager.default.fileExists(atPath: weights.appendingPathComponent("yunet.safetensors").path)
    }
}

@Suite("Pixel figures")
struct PixelMetricsTests {
    // The pictures and values of Scripts/make-ssim-reference.py (float64).
    private static let (width, height) = (32, 24)
    private let a = plane { x, y in floor(128 + 90 * sin(x / 3) * cos(y / 4)) }
    private let b = plane { x, y in
        min(255, max(0, floor(floor(128 + 90 * sin(x / 3) * cos(y / 4)) + 12 * sin(x * y / 7) + 4)))
    }

    private static func plane(_ value: (Double, Double) -> Double) -> Plane {
        let values = (0..<width * height).map { Float(value(Double($0 % width), Double($0 / width))) }
        return Plane(width: width, height: height, values: values)
    }

    @Test("structural similarity agrees with its definition in float64")
    func similarity() {
        let map = StructuralSimilarity.map(a, b)
        #expect(abs(map.mean - 0.9482726889792304) < 2e-5)
        #expect(abs(map.values[2 * Self.width + 3] - 0.9832214635772757) < 1e-4)
        #expect(StructuralSimilarity.map(a, a).values.allSatisfy { abs($0 - 1) < 1e-5 })
    }

    @Test("inside a mask, from files: the same values")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mask = Self.plane { x, y in (x - 16) * (x - 16) + (y - 12) * (y - 12) < 81 ? 1 : 0 }
        func clip(_ name: String, _ picture: Picture) throws -> URL {
            // Lossless RGB, so that the bytes are those of the planes.
            let info = VideoInfo(
                width: Self.width, height: Self.height, frameRate: Rational(25), pixelFormat: "bgr0")
            let url = folder.appendingPathComponent(name)
            let writer = try VideoWriter(url, like: info, settings: EncodingSettings(codec: .ffv1))
            for index in 0..<3 { try writer.append(try VideoFrame(picture, index: index, like: info)) }
            try writer.finish()
            return url
        }
        let output = try clip("output.mkv", b.picture(range: 0...255))
        let truth = try clip("truth.mkv", a.picture(range: 0...255))
        let figures = try PixelComparison.figures(
            output: output, target: truth, truth: truth, mask: try clip("mask.mkv", mask.picture()))
        #expect(figures.output.frames == 3)
        #expect(abs((figures.output.lumaPSNR ?? 0) - 28.986713515051235) < 1e-3)
        #expect(abs((figures.output.rgbPSNR ?? 0) - 28.986713515051235) < 1e-3)
        #expect(abs((figures.output.ssim ?? 0) - 0.9418929860563436) < 5e-5)
        #expect(figures.target.lumaPSNR == nil && abs((figures.target.ssim ?? 0) - 1) < 1e-5)
        let nothing = PixelRegion(x: 0, y: 0, width: Self.width, height: Self.height)
        let none = try PixelComparison.figures(
            output: output, target: truth, truth: truth, mask: nil, excluded: [nothing])
        #expect(none.output.frames == 0 && none.output.ssim == nil)
    }

    @Test("correlation by hand")
    func correlations() throws {
        #expect(abs(try #require(correlation([1, 2, 3], [2, 4, 6])) - 1) < 1e-12)
        #expect(abs(try #require(correlation([1, 2, 3], [3, 2, 1])) + 1) < 1e-12)
        #expect(abs(try #require(correlation([0, 1, 0, 1], [0, 0, 1, 1]))) < 1e-12)
        #expect(correlation([1, 1], [1, 2]) == nil)
        #expect(correlation([1], [1]) == nil)
    }

    // Needs ../shared/data.
    @Test("the unswapped performer scores what the data's README says")
    func baseline() throws {
        let figures = try PixelComparison.figures(
            output: Samples.clip("target-c.mp4"), target: Samples.clip("target-c.mp4"),
            truth: Samples.clip("truth-a-as-c.mp4"), mask: Samples.clip("target-c-mask.mkv"))
        print("unswapped target against the truth:", figures.output)
        #expect(figures.output.frames == 244)
        // The README's 15.8 dB is of luma, its 0.64 the mean over R, G and B.
        #expect(abs((figures.output.lumaPSNR ?? 0) - 15.8) < 0.1)
        #expect(abs((figures.output.rgbSSIM ?? 0) - 0.64) < 0.005)
        #expect(figures.output == figures.target)
    }
}
