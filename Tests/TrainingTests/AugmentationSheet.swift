import Architectures
import Foundation
import Media
import NeuralNetworks
import Pictures
import Tensors
import Testing
import Workspace

@testable import Training

/// Not a test but a look: sheets of disturbed faces and the time that they take, for every recipe and colour transfer.
///
///     DIMORPH_SHEETS=/folder DIMORPH_SETS=/workspace/sets swift test … --filter AugmentationSheet
///
/// The sets are `source.faces.safetensors` and `target.faces.safetensors`.
@Suite(
    "AugmentationSheet", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["DIMORPH_SHEETS"] != nil))
struct AugmentationSheet {
    private let folder: URL
    private let sets: [PackedSet]

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        folder = URL(filePath: try #require(environment["DIMORPH_SHEETS"]))
        let source = URL(filePath: try #require(environment["DIMORPH_SETS"]))
        sets = try ["source", "target"].map {
            try PackedSet(mapping: source.appending(path: "\($0).faces.safetensors"))
        }
        try Engine.setThreads(2)
    }

    private static var recipes: [(String, AugmentationSettings)] {
        var blurred = AugmentationSettings.deepFaceLab
        blurred.blurOutside = 0.06
        var hue = AugmentationSettings.deepFaceLab
        (hue.hue, hue.saturation, hue.value) = (15, 0.3, 0.2)
        let transfers = ColourTransfer.allCases.filter { $0 != .none }.map {
            method -> (String, AugmentationSettings) in
            var settings = AugmentationSettings.deepFaceLab
            settings.colourTransfer = method
            return (method.rawValue, settings)
        }
        return [
            ("dimorph", AugmentationSettings()), ("deepFaceLab", .deepFaceLab), ("faceswap", .faceswap),
            ("blurOutside", blurred), ("hue", hue),
        ] + transfers
    }

    @Test func draw() throws {
        let form = NetworkForm(
            inputSide: 128, outputSide: 128, people: ["source", "target"], drawsMask: true)
        for (name, settings) in Self.recipes {
            let people = try sets.map {
                try PersonFaces(
                    $0, form: form, balance: 0.5, keepsMargin: settings.needsMargin, device: .cpu)
            }
            let chosen = [3, 60, 130, 200]
            let augmentation = try Augmentation(settings, form: form, device: .cpu)
            var numbers = RandomNumbers(seed: 1, stream: 1)
            let wide = try people.map { try $0.wide(chosen, mirrored: 0) }
            let (input, truth) = try augmentation(wide, numbers: &numbers)
            let before = try people.map { try pictures($0.batch(chosen).faces) }
            let inputs = try pictures(input)
            var rows: [[Picture]] = []
            for (person, batch) in truth.enumerated() {
                let (faces, masks) = (try pictures(batch.faces), try pictures(batch.faces * batch.mask))
                for row in chosen.indices {
                    rows.append([
                        before[person][row], inputs[person * chosen.count + row], faces[row], masks[row],
                    ])
                }
            }
            let sheet = Sheet(
                title: name, columns: ["face", "encoder", "truth", "mask"], rows: rows, cell: 128)
            try PictureFile.write(sheet.picture, to: folder.appending(path: "\(name).png"))
            try time(name, augmentation, people)
        }
    }

    /// Milliseconds a step in drawing from the sets and disturbing, 16 faces a person of 128 px.
    private func time(_ name: String, _ augmentation: Augmentation, _ people: [PersonFaces]) throws {
        var times: [Double] = []
        for step in 0..<12 {
            var numbers = RandomNumbers(seed: 1, stream: UInt64(step))
            let start = ContinuousClock.now
            let wide = try people.map { try $0.wide($0.draw(16, numbers: &numbers), mirrored: 8) }
            _ = try augmentation(wide, numbers: &numbers).input.mean().item()
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        let sorted = times.dropFirst(2).sorted()
        let line = "\(name): median \(sorted[5]) ms, least \(sorted[0]) ms a step\n"
        let url = folder.appending(path: "times.txt")
        let earlier = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        try (earlier + line).write(to: url, atomically: true, encoding: .utf8)
    }

    private func pictures(_ tensor: Tensor) throws -> [Picture] {
        let (count, side) = (tensor.shape[0], tensor.shape[3])
        let bytes = try (tensor.clamped(0...1) * 255 + 0.5).permuted(0, 2, 3, 1).to(.uint8).values(
            as: UInt8.self)
        let size = side * side * 3
        return (0..<count).map {
            Picture(width: side, height: side, pixels: Array(bytes[$0 * size..<($0 + 1) * size]))
        }
    }
}
