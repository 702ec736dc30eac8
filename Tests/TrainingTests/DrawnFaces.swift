import Architectures
import Faces
import Foundation
import Safetensors
import Tensors
import Training
import Workspace

/// Small face sets drawn by a formula, in which the first measure says how strong a pattern is, and a network small enough for tests.
enum DrawnFaces {
    static let settings: HybridSettings = {
        var settings = HybridSettings.small
        (settings.resolution, settings.encoderResolution) = (32, 16)
        (settings.encoderChannels, settings.encoderBlocks) = (8, 1)
        (settings.learnedCode, settings.style) = (6, 12)
        (settings.startChannels, settings.channels, settings.headChannels) = (4, 8, 6)
        settings.ownBlocks = 1
        return settings
    }()

    /// A set of `count` faces of 40 px (32 and a margin of a quarter), in clips of 40, each face a track by itself as in
    /// photographs.
    static func set(_ name: String, count: Int = 80, in folder: URL) throws -> PackedSet {
        let size = 40
        var (images, masks, measures) = ([UInt8](), [UInt8](), [Float]())
        for face in 0..<count {
            for y in 0..<size {
                for x in 0..<size {
                    let wave = sin(Double(face * 7)) * sin(Double(x) * 0.3) * cos(Double(y) * 0.2)
                    images += [UInt8(128 + 60 * wave), 90, name == "a" ? 200 : 60]
                    let (dx, dy) = (x - size / 2, y - size / 2)
                    masks.append(dx * dx + dy * dy < 150 ? 255 : 0)
                }
            }
            measures += (0..<FaceMeasures.count).map { Float(sin(Double(face * 7 + $0))) }
        }
        let region = [UInt8](repeating: 0, count: count * size * size)
        let zeros = [Float](repeating: 0, count: count * 52)
        func numbers(_ value: (Int) -> Int) -> StoredTensor {
            StoredTensor((0..<count).map { Int32(value($0)) }, type: .i32, shape: [count])
        }
        let tensors: [String: StoredTensor] = [
            "images": StoredTensor(images, type: .u8, shape: [count, size, size, 3]),
            "masks": StoredTensor(masks, type: .u8, shape: [count, size, size]),
            "eyes": StoredTensor(region, type: .u8, shape: [count, size, size]),
            "mouth": StoredTensor(region, type: .u8, shape: [count, size, size]),
            "expression": StoredTensor(zeros, type: .f32, shape: [count, 52]),
            "pose": StoredTensor(Array(zeros.prefix(count * 3)), type: .f32, shape: [count, 3]),
            "openings": StoredTensor(Array(zeros.prefix(count * 3)), type: .f32, shape: [count, 3]),
            "measures": StoredTensor(measures, type: .f32, shape: [count, FaceMeasures.count]),
            "time": StoredTensor((0..<count).map { Double($0 % 40) / 25 }, type: .f64, shape: [count]),
            "clip": numbers { $0 / 40 }, "frame": numbers { $0 % 40 }, "track": numbers { $0 },
        ]
        let names = String(decoding: try JSONEncoder().encode(FaceMeasures.names), as: UTF8.self)
        let url = folder.appending(path: "\(name).faces.safetensors")
        try SafetensorsWriter.write(
            tensors,
            metadata: [
                "format": PackedSet.format, "version": "\(PackedSet.currentVersion)", "set": name,
                "crop": "full",
                "margin": "0.25", "size": "\(size)", "sources": "[]", "measures": names,
            ], to: url)
        return try PackedSet(mapping: url)
    }

    static func scratch() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dimorph-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func options(iterations: Int) -> Trainer.Options {
        var options = Trainer.Options(stop: StopRule(iterations: iterations))
        options.network = .hybrid(settings)
        options.recipe.batch = 4
        options.recipe.rate.warmUp = 5
        options.previewEvery = 1e9
        options.checkpointEvery = 1e9
        return options
    }
}
