import Faces
import Foundation
import Pictures
import Safetensors

/// A face set in the format for training: one memory-mapped safetensors file with faces along the first axis.
///
/// | array | shape | what |
/// |---|---|---|
/// | `images` | [N, S, S, 3] u8 | crops, RGB, rows from the top |
/// | `masks` | [N, S, S] u8 | face mask, 0 … 255 |
/// | `eyes`, `mouth` | [N, S, S] u8 | regions with a higher loss weight, 0 … 255 |
/// | `expression` | [N, 52] f32 | `Expression.names` |
/// | `pose` | [N, 3] f32 | yaw, pitch, roll in degrees |
/// | `openings` | [N, 3] f32 | mouth, left eye, right eye |
/// | `measures` | [N, K] f32 | named by the metadata's `measures` (`FaceMeasures.names`), smoothed along the track |
/// | `time` | [N] f64 | time from the start of the clip, in seconds |
/// | `clip`, `frame`, `track` | [N] i32 | source of the face |
///
/// Faces are ordered by clip, then frame. Metadata: `format`, `version`, `set`, `crop`,
/// `margin`, `size`, `sources` and `measures` (names, as JSON).
package final class PackedSet: Sendable {
    package static let format = "dimorph.faces"
    package static let currentVersion = 1

    package let file: SafetensorsFile
    package let name: String
    package let crop: CropKind
    /// Margin of the pictures around the crop, as a fraction of its size.
    package let margin: Double
    /// Width and height of the pictures, in pixels.
    package let size: Int

    /// Width of the crop in pixels, without its margin.
    package var cropSide: Double { Self.cropSide(size: size, margin: margin) }

    /// Width of the crop without margin for pictures of `size` pixels.
    package static func cropSide(size: Int, margin: Double) -> Double {
        let side = Double(size) / (1 + margin)
        // Rounding, because a margin such as 0.2 has no exact binary representation.
        return abs(side - side.rounded()) < 1e-6 ? side.rounded() : side
    }

    /// Number of faces.
    package let count: Int
    /// Names of the source videos.
    package let sources: [String]
    /// Radius of the smoothing of alignments and measures along a track, in frames.
    package let reach: Int
    /// Names of the measures, as of the version that packed the set.
    package let measureNames: [String]

    /// Whether the file contains all arrays of the current version.
    package var isCurrent: Bool { measureNames == FaceMeasures.names }

    /// Maps a packed set and validates it.
    package init(mapping url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw WorkspaceError(
                .notFound,
                "\(url.path) is missing: the set was not extracted, or its packed copy was moved; run `dimorph extract`, or "
                    + "`dimorph faces pack`"
            )
        }
        file = try SafetensorsFile(mapping: url)
        let metadata = file.metadata
        guard metadata["format"] == Self.format, let version = metadata["version"].flatMap(Int.init),
            let size = metadata["size"].flatMap(Int.init), let crop = metadata["crop"].flatMap(CropKind.init),
            let margin = metadata["margin"].flatMap(Double.init)
        else {
            throw WorkspaceError(
                .damaged, "\(url.path) is not a packed face set; run `dimorph extract` again")
        }
        guard version <= Self.currentVersion else {
            throw WorkspaceError(.tooNew, "\(url.path) was written by a later Dimorph; update Dimorph")
        }
        guard Self.sizes.contains(size), (0...1).contains(margin) else {
            throw WorkspaceError(
                .damaged,
                "\(url.path) has pictures of \(size) px with a margin of \(margin), which is invalid; run `dimorph faces pack`"
            )
        }
        self.size = size
        self.crop = crop
        self.margin = margin
        name = metadata["set"] ?? ""
        // Sets of earlier versions lack this entry and have the default.
        reach = max(0, metadata["reach"].flatMap(Int.init) ?? ZeroPhaseFilter().radius)
        sources =
            (try? JSONDecoder().decode([String].self, from: Data((metadata["sources"] ?? "[]").utf8))) ?? []
        // A file without this entry has the current measures.
        measureNames =
            metadata["measures"].map {
                (try? JSONDecoder().decode([String].self, from: Data($0.utf8))) ?? []
            } ?? FaceMeasures.names
        guard FaceMeasures(values: measureNames.map { _ in 0 }, named: measureNames) != nil else {
            throw WorkspaceError(
                .damaged,
                "\(url.path) contains unknown measures; run `dimorph faces pack`")
        }
        count = try file.entry("time").shape.first ?? 0
        for (array, type, shape) in Self.layout(count: count, size: size, measures: measureNames.count) {
            let entry = try file.entry(array)
            guard entry.type == type, entry.shape == shape else {
                throw WorkspaceError(
                    .damaged,
                    "'\(array)' in \(url.path) is \(entry.type.rawValue) \(entry.shape) where \(type.rawValue) \(shape) "
                        + "was expected; run `dimorph extract` again")
            }
            if type == .f32 { try file.requireNumbers(array, upTo: Self.greatest) }
            if type == .f64 { try file.requireNumbers(array) }
        }
    }

    /// Valid picture sizes of packed sets.
    private static let sizes = 8...4096
    /// Maximum absolute value of coefficients, degrees and deviations.
    private static let greatest = 1e6

    /// Names, types and shapes of all arrays.
    static func layout(
        count: Int, size: Int, measures: Int = FaceMeasures.count
    ) -> [(name: String, type: SafetensorsType, shape: [Int])] {
        [
            ("images", .u8, [count, size, size, 3]), ("masks", .u8, [count, size, size]),
            ("eyes", .u8, [count, size, size]), ("mouth", .u8, [count, size, size]),
            ("expression", .f32, [count, Expression.names.count]), ("pose", .f32, [count, 3]),
            ("openings", .f32, [count, 3]), ("measures", .f32, [count, measures]),
            ("time", .f64, [count]), ("clip", .i32, [count]),
            ("frame", .i32, [count]), ("track", .i32, [count]),
        ]
    }

    /// The measures of all faces, with the current names.
    package func measures() throws -> [FaceMeasures] {
        let values = try file.values("measures", as: Float.self)
        let width = measureNames.count
        return stride(from: 0, to: values.count, by: max(1, width)).compactMap {
            FaceMeasures(values: Array(values[$0..<$0 + width]), named: measureNames)
        }
    }

    /// One face's crop, copied.
    package func picture(_ face: Int) throws -> Picture {
        Picture(width: size, height: size, pixels: try bytes("images", of: face))
    }

    /// One face's mask, 0 … 1, copied.
    package func mask(_ face: Int) throws -> Plane {
        Plane(width: size, height: size, values: try bytes("masks", of: face).map { Float($0) / 255 })
    }

    private func bytes(_ array: String, of face: Int) throws -> [UInt8] {
        guard face >= 0, face < count else {
            throw WorkspaceError(
                .notFound, "\(file.url.path) has \(count) faces; face \(face) does not exist")
        }
        let entry = try file.entry(array)
        let length = entry.shape.dropFirst().reduce(1, *)
        return Array(file.bytes(of: entry)[face * length..<(face + 1) * length])
    }
}
