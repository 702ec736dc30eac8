import Tensors
import Workspace

/// Pictures of all faces of a set at the network's resolution: preloaded on the device, or memory-mapped and
/// copied to the device batch by batch. The values are the same.
struct FacePictures {
    /// Content of the pictures, three channels each.
    enum Content {
        /// Red, green, blue.
        case colours
        /// Masks of face, eyes and mouth.
        case regions
    }

    let fit: PictureFit
    private let content: Content
    private let set: PackedSet
    private let device: Device
    /// `[N, 3, outer, outer]` u8; `nil` if the pictures stay in the file.
    private let resident: Tensor?

    /// Number of faces per copy to the device.
    static let chunk = 256

    init(_ content: Content, of set: PackedSet, fit: PictureFit, resident: Bool, device: Device) throws {
        (self.content, self.set, self.fit, self.device) = (content, set, fit, device)
        guard resident else {
            self.resident = nil
            return
        }
        let parts = try stride(from: 0, to: set.count, by: Self.chunk).map { start in
            try fit(
                Self.packed(
                    content, of: set, Array(start..<min(set.count, start + Self.chunk)), device: device))
        }
        self.resident = try concatenated(parts, axis: 0)
        set.file.releasePages()
    }

    /// Bytes per face on the device.
    static func bytes(_ fit: PictureFit) -> Int { 3 * fit.outer * fit.outer }

    /// Faces by index: `[B, 3, outer, outer]`, 0…1.
    ///
    /// - Parameter index: the same indices on the device, `[B]` i64.
    func callAsFunction(_ faces: [Int], index: Tensor) throws -> Tensor {
        let bytes: Tensor
        if let resident {
            bytes = try resident.indexSelect(index)
        } else {
            bytes = try fit(Self.packed(content, of: set, faces, device: device))
        }
        return try bytes.to(.float32) / 255
    }

    /// `[B, 3, S, S]` u8, as stored in the file.
    private static func packed(
        _ content: Content, of set: PackedSet, _ faces: [Int], device: Device
    ) throws -> Tensor {
        switch content {
        case .colours:
            return try Tensor("images", rows: faces, in: set.file, device: device).permuted(0, 3, 1, 2)
        case .regions:
            let planes = try ["masks", "eyes", "mouth"].map {
                try Tensor($0, rows: faces, in: set.file, device: device).reshaped(
                    faces.count, 1, set.size, set.size)
            }
            return try concatenated(planes, axis: 1)
        }
    }
}
