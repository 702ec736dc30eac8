import Faces
import Foundation
import Pictures
import Safetensors

/// A face set as training reads it: one safetensors file, mapped into memory, with faces along the first axis.
///
/// | array | shape | what |
/// |---|---|---|
/// | `images` | [N, S, S, 3] u8 | crops, RGB, rows from the top |
/// | `masks` | [N, S, S] u8 | the face's hull, 0 … 255 |
/// | `eyes`, `mouth` | [N, S, S] u8 | regions that training weighs more, 0 … 255 |
/// | `expression` | [N, 52] f32 | `Expression.names` |
/// | `pose` | [N, 3] f32 | yaw, pitch, roll in degrees |
/// | `openings` | [N, 3] f32 | mouth, left eye, right eye |
/// | `measures` | [N, K] f32 | as the metadata's `measures` names them (`FaceMeasures.names`), smoothed along the track |
/// | `time` | [N] f64 | seconds from the clip's start |
/// | `clip`, `frame`, `track` | [N] i32 | where the face is from |
///
/// Faces are ordered by clip, then frame. Metadata: `format`, `version`, `set`, `crop`,
/// `margin`, `size`, `sources` and `measures` (names, as JSON).
package final class PackedSet: Sendable {
    package static let format = "dimorph.faces"
    package static let currentVersion = 1

    package let file: SafetensorsFile
    package let name: String
    package let crop: CropKind
    /// How much the pictures are wider than the crop, as a share of it.
    package let margin: Double
    /// Sides of the pictures, in pixels.
    package let size: Int

    /// Pixels that the crop itself is wide, without its margin.
    package var cropSide: Double { Self.cropSide(size: size, margin: margin) }

    /// The same of pictures of `size` pixels that are wider than the crop by a share of it.
    package static func cropSide(size: Int, margin: Double) -> Double {
        let side = Double(size) / (1 + margin)
        // A whole number survives a margin such as 0.2, which has no exact binary form.
        return abs(side - side.rounded()) < 1e-6 ? side.rounded() : side
    }

    /// How many faces.
    package let count: Int
    /// Names of the videos that the faces are from.
    package let sources: [String]
    /// Frames along a track over which the smoothing of alignment and measures carries what one face shows.
    package let reach: Int
    /// What its measures are called: those of the Dimorph that packed it.
    package let measureNames: [String]

    /// Whether it holds all that today's sets hold.
    package var isCurrent: Bool { measureNames == FaceMeasures.names }

    /// Maps a packed set and checks that it is whole.
    package init(mapping url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw WorkspaceError(
                .notFound,
                "\(url.path) is missing: the set was not extracted yet, or its packed copy was moved; run `dimorph extract`, or "
                    + "`dimorph faces pack`"
            )
        }
        file = try SafetensorsFile(mapping: url)
        let metadata = file.metadata
        guard metadata["format"] == Self.format, let version = metadata["version"].flatMap(Int.init),
            let size = metadata["size"].flatMap(Int.init), let crop = metadata["crop"].flatMap(CropKind.init),
            let margin = metadata["margin"].flatMap(Double.init)
        else {
            throw WorkspaceError(.damaged, "\(url.path) is not a packed face set; run `dimorph extract` anew")
        }
        guard version <= Self.currentVersion else {
            throw WorkspaceError(.tooNew, "\(url.path) was written by a later Dimorph; update Dimorph")
        }
        guard Self.sizes.contains(size), (0...1).contains(margin) else {
            throw WorkspaceError(
                .damaged,
                "\(url.path) holds pictures of \(size) px with a margin of \(margin), which cannot be; run `dimorph faces pack`"
            )
        }
        self.size = size
        self.crop = crop
        self.margin = margin
        name = metadata["set"] ?? ""
        // Sets of earlier versions do not say it: theirs is that of the default.
        reach = max(0, metadata["reach"].flatMap(Int.init) ?? ZeroPhaseFilter().radius)
        sources =
            (try? JSONDecoder().decode([String].self, from: Data((metadata["sources"] ?? "[]").utf8))) ?? []
        // A file that does not say it holds today's.
        measureNames =
            metadata["measures"].map {
                (try? JSONDecoder().decode([String].self, from: Data($0.utf8))) ?? []
            } ?? FaceMeasures.names
        guard FaceMeasures(values: measureNames.map { _ in 0 }, named: measureNames) != nil else {
            throw WorkspaceError(
                .damaged,
                "\(url.path) names measures that this Dimorph does not know; run `dimorph faces pack`")
        }
        count = try file.entry("time").shape.first ?? 0
        for (array, type, shape) in Self.layout(count: count, size: size, measures: measureNames.count) {
            let entry = try file.entry(array)
            guard entry.type == type, entry.shape == shape else {
                throw WorkspaceError(
                    .damaged,
                    "'\(array)' in \(url.path) is \(entry.type.rawValue) \(entry.shape) where \(type.rawValue) \(shape) "
                        + "was expected; run `dimorph extract` anew")
            }
            if type == .f32 { try file.requireNumbers(array, upTo: Self.greatest) }
            if type == .f64 { try file.requireNumbers(array) }
        }
    }

    /// Sides of pictures that a packed set can have.
    private static let sizes = 8...4096
    /// Coefficients, degrees, deviations: all are small.
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

    /// The measures of all faces, in today's names.
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
            throw WorkspaceError(.notFound, "\(file.url.path) has \(count) faces; there is no face \(face)")
        }
        let entry = try file.entry(array)
        let length = entry.shape.dropFirst().reduce(1, *)
        return Array(file.bytes(of: entry)[face * length..<(face + 1) * length])
    }
}
