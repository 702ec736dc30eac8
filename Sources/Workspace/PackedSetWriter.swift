import Faces
import Foundation
import Pictures
import Safetensors

/// Writes the packed copy of a face set.
///
/// Pictures are rendered on all cores and streamed: memory contains a few of them, and a few hundred bytes per face.
package struct PackedSetWriter {
    package let crop: CropKind
    package let margin: Double
    package let size: Int
    /// Standard deviation, in frames, of the smoothing of the alignment along a track.
    package let smoothing: Double

    package init(crop: CropKind, margin: Double, size: Int, smoothing: Double = 2) {
        self.crop = crop
        self.margin = margin
        self.size = size
        self.smoothing = smoothing
    }

    /// - Parameters:
    ///   - picture: returns the crop of a face with `size` × `size` pixels. Called from several threads, as is `mask`.
    ///   - mask: returns an imported or refined mask of the same size; `nil` to derive it from the landmarks.
    /// - Returns: number of written faces.
    @discardableResult
    package func write(
        set name: String, of index: Index, to url: URL,
        picture: @escaping @Sendable (FaceRecord) throws -> Picture,
        mask: @escaping @Sendable (FaceRecord) throws -> Plane? = { _ in nil }
    ) throws -> Int {
        var columns = PackedColumns()
        try index.forEachCrop(ofSet: name) { columns.append($0) }
        columns.smoothMeasures()
        let arrays = PackedSet.layout(count: columns.count, size: size).map { array in
            SafetensorsWriter.Array(name: array.name, type: array.type, shape: array.shape) { put in
                guard let draw = drawing(array.name, picture, mask) else {
                    return try columns.bytes(array.name).withUnsafeBytes { try put($0) }
                }
                var faces: [FaceRecord] = []
                func flush() throws {
                    try Task.checkCancellation()
                    let drawn = ParallelResults<[UInt8]>(count: faces.count)
                    drawn.run { [faces] in try draw(faces[$0]) }
                    for bytes in try drawn.values() { try bytes.withUnsafeBytes { try put($0) } }
                    faces = []
                }
                try index.forEachCrop(ofSet: name) { face in
                    faces.append(face)
                    if faces.count == Self.together { try flush() }
                }
                try flush()
            }
        }
        try Workspace.makeFolder(url.deletingLastPathComponent())
        try SafetensorsWriter.write(arrays, metadata: try metadata(name, of: index), to: url)
        return columns.count
    }

    /// Number of pictures rendered in parallel.
    private static let together = 32

    private func metadata(_ name: String, of index: Index) throws -> [String: String] {
        func json(_ words: [String]) throws -> String {
            String(decoding: try JSONEncoder().encode(words), as: UTF8.self)
        }
        return [
            "format": PackedSet.format, "version": "\(PackedSet.currentVersion)", "set": name,
            "crop": crop.rawValue, "margin": "\(margin)", "size": "\(size)",
            "sources": try json(index.clips(ofSet: name).map(\.name)),
            "measures": try json(FaceMeasures.names),
            "reach": "\(max(FaceMeasures.smoothingReach, ZeroPhaseFilter(deviation: smoothing).radius))",
        ]
    }

    /// Renderer of an array of pictures or planes per face; `nil` for arrays of numbers.
    private func drawing(
        _ array: String, _ picture: @escaping @Sendable (FaceRecord) throws -> Picture,
        _ mask: @escaping @Sendable (FaceRecord) throws -> Plane?
    ) -> (@Sendable (FaceRecord) throws -> [UInt8])? {
        typealias Draw = @Sendable (FaceLandmarks, SimilarityTransform, Int) -> Plane
        @Sendable func bytes(_ plane: Plane) -> [UInt8] { plane.values.map { UInt8(rounding: $0 * 255) } }
        func plane(_ draw: @escaping Draw) -> @Sendable (FaceRecord) -> [UInt8] {
            { face in
                bytes(draw(face.face.landmarks, face.crop(crop, size: size, margin: margin), size))
            }
        }
        let hull = plane(FaceMask.plane(landmarks:transform:size:))
        switch array {
        case "images": return { face in try checked(picture(face), face).pixels }
        case "masks": return { face in try mask(face).map(bytes) ?? hull(face) }
        case "eyes": return plane(FaceMask.eyes(landmarks:transform:size:))
        case "mouth": return plane(FaceMask.mouth(landmarks:transform:size:))
        default: return nil
        }
    }

    private func checked(_ picture: Picture, _ face: FaceRecord) throws -> Picture {
        guard picture.width == size, picture.height == size else {
            throw WorkspaceError(
                .damaged,
                "crop \(face.cropFile ?? "?") is \(picture.width)×\(picture.height), not \(size)×\(size)")
        }
        return picture
    }
}
