import Faces
import Foundation
import Pictures
import Safetensors

/// Writes the packed copy of a face set.
///
/// Pictures stream through: memory holds one of them, and a few hundred bytes for each face.
package struct PackedSetWriter {
    package let crop: CropKind
    package let size: Int

    package init(crop: CropKind, size: Int) {
        self.crop = crop
        self.size = size
    }

    /// - Parameters:
    ///   - picture: gives a face's crop as a picture of `size` × `size` pixels.
    /// - Returns: how many faces were written.
    @discardableResult
    package func write(
        set name: String, of index: Index, to url: URL, picture: @escaping (FaceRecord) throws -> Picture
    ) throws -> Int {
        var columns = Columns()
        try index.forEachCrop(ofSet: name) { columns.append($0) }
        let sources = try index.clips(ofSet: name).map(\.name)
        let metadata = [
            "format": PackedSet.format, "version": "\(PackedSet.currentVersion)", "set": name,
            "crop": crop.rawValue,
            "size": "\(size)", "sources": String(decoding: try JSONEncoder().encode(sources), as: UTF8.self),
        ]
        let arrays = PackedSet.layout(count: columns.count, size: size).map { array in
            SafetensorsWriter.Array(name: array.name, type: array.type, shape: array.shape) { put in
                switch array.name {
                case "images":
                    try index.forEachCrop(ofSet: name) { face in
                        try checked(picture(face), face).pixels.withUnsafeBytes { try put($0) }
                    }
                case "masks":
                    try index.forEachCrop(ofSet: name) { face in
                        try quantised(
                            FaceMask.plane(
                                landmarks: face.face.landmarks, transform: face.crop(crop, size: size),
                                size: size)
                        ).withUnsafeBytes { try put($0) }
                    }
                case "eyes_mouth":
                    try index.forEachCrop(ofSet: name) { face in
                        try quantised(
                            FaceMask.eyesAndMouth(
                                landmarks: face.face.landmarks, transform: face.crop(crop, size: size),
                                size: size)
                        ).withUnsafeBytes { try put($0) }
                    }
                default: try columns.bytes(array.name).withUnsafeBytes { try put($0) }
                }
            }
        }
        try Workspace.makeFolder(url.deletingLastPathComponent())
        try SafetensorsWriter.write(arrays, metadata: metadata, to: url)
        return columns.count
    }

    private func checked(_ picture: Picture, _ face: FaceRecord) throws -> Picture {
        guard picture.width == size, picture.height == size else {
            throw WorkspaceError(
                .damaged,
                "crop \(face.cropFile ?? "?") is \(picture.width)×\(picture.height), not \(size)×\(size)")
        }
        return picture
    }

    private func quantised(_ plane: Plane) -> [UInt8] {
        plane.values.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
    }

    /// What a face has besides pictures, column by column.
    private struct Columns {
        var expression: [Float] = []
        var pose: [Float] = []
        var openings: [Float] = []
        var time: [Double] = []
        var clip: [Int32] = []
        var frame: [Int32] = []
        var track: [Int32] = []

        var count: Int { time.count }

        mutating func append(_ record: FaceRecord) {
            let face = record.face
            expression += face.expression.coefficients
            pose += [face.pose.yaw, face.pose.pitch, face.pose.roll]
            let open = face.openings
            openings += [open.mouth, open.leftEye, open.rightEye]
            time.append(record.time)
            clip.append(Int32(clamping: record.clip))
            frame.append(Int32(clamping: record.frame))
            track.append(Int32(clamping: face.track))
        }

        func bytes(_ name: String) -> [UInt8] {
            switch name {
            case "expression": expression.withUnsafeBytes { Array($0) }
            case "pose": pose.withUnsafeBytes { Array($0) }
            case "openings": openings.withUnsafeBytes { Array($0) }
            case "time": time.withUnsafeBytes { Array($0) }
            case "clip": clip.withUnsafeBytes { Array($0) }
            case "frame": frame.withUnsafeBytes { Array($0) }
            default: track.withUnsafeBytes { Array($0) }
            }
        }
    }
}
