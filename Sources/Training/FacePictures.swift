import Tensors
import Workspace

/// Pictures of all faces of a set in a network's side: on the device, or in the mapped file and brought there a
/// batch at a time. The numbers are the same.
struct FacePictures {
    /// What is shown, three channels each.
    enum Content {
        /// Red, green, blue.
        case colours
        /// The mask, the eyes, the mouth.
        case regions
    }

    let fit: PictureFit
    private let content: Content
    private let set: PackedSet
    private let device: Device
    /// `[N, 3, outer, outer]` u8; nil where they stay in the file.
    private let resident: Tensor?

    /// Faces that are brought to the device at once.
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

    /// Bytes that one face takes on the device.
    static func bytes(_ fit: PictureFit) -> Int { 3 * fit.outer * fit.outer }

    /// Faces by their numbers: `[B, 3, outer, outer]`, 0…1.
    ///
    /// - Parameter index: the same numbers on the device, `[B]` i64.
    func callAsFunction(_ faces: [Int], index: Tensor) throws -> Tensor {
        let bytes: Tensor
        if let resident {
            bytes = try resident.indexSelect(index)
        } else {
            bytes = try fit(Self.packed(content, of: set, faces, device: device))
        }
        return try bytes.to(.float32) / 255
    }

    /// `[B, 3, S, S]` u8, as they lie in the file.
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
