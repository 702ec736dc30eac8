import Foundation
import Pictures
import Safetensors
import Testing

/// The folder with the face networks, which `Scripts/setup` fills.
enum Weights {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../.deps/weights").standardizedFileURL
}

/// Clips for tests. Those outside the repository may be missing.
enum Shared {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL
    private static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["DIMORPH_SHARED"] {
            return URL(fileURLWithPath: path)
        }
        return root.appendingPathComponent("../shared").standardizedFileURL
    }()

    /// A clip of a rendered performer, which `Samples/` holds, or of `data/` in the shared folder.
    static func clip(_ name: String) -> URL {
        let sample = root.appendingPathComponent("Samples/\((name as NSString).lastPathComponent)")
        return FileManager.default.fileExists(atPath: sample.path)
            ? sample : folder.appendingPathComponent("data/\(name)")
    }

    static func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: clip(name).path) }
}

/// What the original runtimes gave; see `Tests/References/make-vision-references.py`.
struct Golden {
    let file: SafetensorsFile

    init() throws {
        let url = try #require(
            Bundle.module.url(forResource: "Golden/networks", withExtension: "safetensors"))
        file = try SafetensorsFile(mapping: url)
    }

    func values(_ name: String) throws -> [Float] { try file.values(name, as: Float.self) }

    /// A stored picture, `[height, width, 3]` bytes.
    func picture(_ name: String) throws -> Picture {
        let shape = try file.entry(name).shape
        return Picture(width: shape[1], height: shape[0], pixels: try file.values(name, as: UInt8.self))
    }
}

extension Picture {
    /// This picture at a place of a larger one of one colour.
    func placed(x: Int, y: Int, width: Int, height: Int, shade: UInt8 = 90) -> Picture {
        var result = Picture(width: width, height: height, red: shade, green: shade, blue: shade)
        result.put(self, x: x, y: y)
        return result
    }

    /// Puts another picture into this one; it must fit.
    mutating func put(_ other: Picture, x: Int, y: Int) {
        for row in 0..<other.height {
            let from = row * other.width * 3
            let to = ((y + row) * width + x) * 3
            pixels.replaceSubrange(
                to..<to + other.width * 3, with: other.pixels[from..<from + other.width * 3])
        }
    }

    /// Turned clockwise by a quarter.
    func quarterTurned() -> Picture {
        var result = Picture(width: height, height: width)
        for row in 0..<height {
            for column in 0..<width {
                for channel in 0..<3 {
                    result.pixels[(column * height + (height - 1 - row)) * 3 + channel] =
                        pixels[(row * width + column) * 3 + channel]
                }
            }
        }
        return result
    }
}

/// Greatest difference of two lists; infinite for lists of two lengths.
func distance(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}
