import Architectures
import Tensors

/// The patches that a person's faces vary by most, place by place: principal components of 8×8 pixels with
/// their mask.
///
/// With them as first weights of the patch head a training needs half the steps; blinks are drawn after 500
/// (correlation with the target 0.95, where random weights give 0.69).
enum PatchBasis {
    /// Faces that are looked at, and as many in a mirror.
    static let faces = 400

    /// - Parameters:
    ///   - faces: `[N, 3, R, R]` in 0…1.
    ///   - masks: `[N, 1, R, R]` in 0…1.
    ///   - channels: patches for each place.
    static func start(faces: Tensor, masks: Tensor, channels: Int) throws -> DecoderStart {
        let truth = try concatenated([faces, (masks * 2 - 1) * 1.5], axis: 1)
        let mean = try truth.mean(0, keep: true)
        // What lies outside the face counts a tenth.
        let ones = try Tensor(repeating: 1, shape: masks.shape, device: masks.device)
        let attention = try masks * 0.9 + 0.1
        let weights = try concatenated([attention, attention, attention, ones], axis: 1)
        let patches = try ((truth - mean) * weights).pixelUnshuffled(8)
        let (count, size, side) = (patches.shape[0], patches.shape[1], patches.shape[2])
        let places = try patches.permuted(2, 3, 0, 1).reshaped(side * side, count, size)
        let covariance = try matmul(places.permuted(0, 2, 1), places).to(.float64) / Double(count)
        let (values, vectors) = try symmetricEigen(covariance)
        let lengths = try (values.clamped(0...1e9) + 1e-6).squareRoot().reshaped(side * side, 1, size) * 0.5
        let rows = try (vectors * lengths).permuted(0, 2, 1).slice(size - channels..<size, axis: 1)
        return DecoderStart(mean: try mean.values(), patches: try rows.to(.float32).contiguous().values())
    }
}
