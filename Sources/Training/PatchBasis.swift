import Architectures
import Tensors

/// The patches that a person's faces vary by most, place by place: principal components of overlapping patches
/// of 16×16 pixels with their mask.
///
/// With them as first weights of the patch head a training needs half the steps: of patches that did not overlap yet,
/// blinks were drawn after 500 (correlation with the target 0.95, where random weights gave 0.69).
enum PatchBasis {
    /// Faces that are looked at, and as many in a mirror. Fewer than a patch has numbers: the components come from
    /// the faces' products with each other (the snapshot method; Sirovich 1987).
    /// All places are looked at in one go, so that larger pictures leave memory for fewer.
    static func faces(side: Int) -> Int { min(128, max(32, 128 * 256 * 256 / (side * side))) }

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
        let places = try LappedPatches(device: faces.device).patches((truth - mean) * weights)
        let (placeCount, count) = (places.shape[0], places.shape[1])
        let products = try matmul(places, places.permuted(0, 2, 1)).to(.float64) / Double(count)
        let vectors = try symmetricEigen(products).vectors
        // Component = faces · vector, of length √(N·λ); wanted is half a deviation, √λ / 2.
        let kept = min(channels, count)
        let strongest = try vectors.slice(count - kept..<count, axis: 2).to(.float32)
        let rows = try matmul(strongest.permuted(0, 2, 1), places) * (0.5 / Double(count).squareRoot())
        var patches: [Float] = try rows.contiguous().values()
        if kept < channels { patches = padded(patches, from: kept, to: channels, places: placeCount) }
        return DecoderStart(mean: try mean.values(), patches: patches)
    }

    /// Zeros for the components that few faces do not have.
    private static func padded(_ rows: [Float], from kept: Int, to channels: Int, places: Int) -> [Float] {
        let (given, wanted) = (kept * LappedPatches.length, channels * LappedPatches.length)
        var result = [Float](repeating: 0, count: places * wanted)
        for place in 0..<places {
            for index in 0..<given { result[place * wanted + index] = rows[place * given + index] }
        }
        return result
    }
}
