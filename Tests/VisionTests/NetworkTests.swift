import Faces
import Foundation
import Pictures
import Safetensors
import Tensors
import Testing

@testable import Vision

/// Each network against ONNX Runtime or LiteRT on its original file, whole outputs.
@Suite("Networks agree with their original runtimes")
struct NetworkTests {
    let golden: Golden

    init() throws { golden = try Golden() }

    /// The picture as `[1, 3, H, W]`, 0…255.
    func tensor(_ picture: Picture) throws -> Tensor {
        try Tensor(picture.pixels.map(Float.init), shape: [1, picture.height, picture.width, 3])
            .permuted(0, 3, 1, 2)
    }

    @Test("YuNet, all twelve maps")
    func detector() throws {
        let maps = try Graph("yunet", in: Weights.folder, device: .cpu)(tensor(golden.picture("picture")))
        #expect(maps.count == 12)
        for (name, map) in maps {
            let expected = try golden.values("yunet.\(name)")
            #expect(distance(try map.contiguous().values(), expected) < 5e-5, "\(name)")
        }
    }

    @Test("SFace")
    func recogniser() throws {
        let picture = try golden.picture("picture").cropped(x: 8, y: 8, width: 112, height: 112)
        let network = try Graph("sface", in: Weights.folder, device: .cpu)
        let embedding = try network.values(of: "embedding", for: tensor(picture))
        #expect(distance(embedding, try golden.values("sface.embedding")) < 5e-5)
    }

    @Test("the face mesh, landmarks and presence")
    func mesh() throws {
        let small = try golden.picture("small")
        var large = Picture(width: 256, height: 256)
        for row in 0..<256 {
            for column in 0..<256 {
                for channel in 0..<3 {
                    large.pixels[(row * 256 + column) * 3 + channel] =
                        small.pixels[(row / 4 * 64 + column / 4) * 3 + channel]
                }
            }
        }
        let result = try Graph("facemesh", in: Weights.folder, device: .cpu)(tensor(large) * (1 / 255))
        let landmarks = try #require(result["landmarks"]).contiguous().values(as: Float.self)
        let presence = try #require(result["presence"]).contiguous().values(as: Float.self)
        #expect(distance(landmarks, try golden.values("facemesh.landmarks")) < 5e-3)
        #expect(distance(presence, try golden.values("facemesh.presence")) < 1e-3)
    }

    @Test("the blendshapes")
    func blendshapes() throws {
        let points = try Tensor(golden.values("blendshapes.points"), shape: [1, 146, 2])
        let network = try Graph("blendshapes", in: Weights.folder, device: .cpu)
        let coefficients = try network.values(of: "coefficients", for: points)
        #expect(distance(coefficients, try golden.values("blendshapes.coefficients")) < 2e-5)
    }
}

/// Weights that are missing or truncated.
@Suite("Weights that cannot be used")
struct BadWeightsTests {
    private func scratch() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vision-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("the error for missing weights names the file and the setup")
    func missing() throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: VisionError.self) {
            _ = try FaceAnalyser(weights: folder, device: .cpu)
        }
        #expect(error?.code == .weightsMissing)
        #expect(error?.description.contains("Scripts/setup") == true)
        #expect(error?.description.contains("yunet.safetensors") == true)
    }

    @Test("a truncated file is reported as damaged at any length", arguments: [4, 100, 9000, 100_000])
    func cut(_ length: Int) throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = try Data(contentsOf: Weights.folder.appending(path: "yunet.safetensors"))
        try whole.prefix(length).write(to: folder.appending(path: "yunet.safetensors"))
        let error = #expect(throws: VisionError.self) { _ = try YuNet(weights: folder, device: .cpu) }
        #expect(error?.code == .weightsDamaged)
    }

    @Test(
        "an invalid list of operations is reported as damaged",
        arguments: [
            "", "{}", #"{"inputs":["x"],"outputs":{"y":"z"},"operations":[]}"#,
            #"{"inputs":["x"],"outputs":{"y":"y"},"operations":[{"op":"evil","in":["x"],"out":"y"}]}"#,
            #"{"inputs":["x"],"outputs":{"y":"y"},"operations":[{"op":"add","in":["x"],"out":"y"}]}"#,
            #"{"inputs":["x"],"outputs":{"y":"y"},"operations":[{"op":"relu","in":["w"],"out":"y"}]}"#,
            #"{"inputs":["x"],"outputs":{"y":"y"},"operations":[{"op":"prelu","in":["x"],"out":"y","weight":"w"}]}"#,
        ])
    func senseless(_ graph: String) throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        try SafetensorsWriter.write(
            ["a": StoredTensor([Float(0)], type: .f32, shape: [1])], metadata: ["graph": graph],
            to: folder.appending(path: "odd.safetensors"))
        let error = #expect(throws: VisionError.self) { _ = try Graph("odd", in: folder, device: .cpu) }
        #expect(error?.code == .weightsDamaged)
    }
}
