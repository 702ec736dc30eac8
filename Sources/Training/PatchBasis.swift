import Architectures
import Foundation
import Tensors

/// Principal components of a person's overlapping face patches and their mask, at each grid position.
///
/// Used as initial weights of the patch head, they halve the number of training steps: with non-overlapping
/// patches, blinks were reproduced after 500 steps (correlation with the target 0.95; 0.69 with random
/// weights).
enum PatchBasis {
    /// Number of faces, and as many mirrored ones. It is below the patch's number of values: the components
    /// are computed from the faces' Gram matrix (the snapshot method; Sirovich 1987). All positions are
    /// processed together, so that larger pictures leave memory for fewer faces.
    static func faces(side: Int) -> Int { min(128, max(32, 128 * 256 * 256 / (side * side))) }

    /// - Parameters:
    ///   - faces: `[N, 3, R, R]` in 0…1.
    ///   - masks: `[N, 1, R, R]` in 0…1.
    ///   - channels: number of components at each position, of the head and of the refinement; if there is no
    ///     refinement, the head outputs all of them.
    static func start(
        faces: Tensor, masks: Tensor, channels: (head: Int, refinement: Int?)
    ) throws -> DecoderInitialization {
        let truth = try concatenated([faces, (masks * 2 - 1) * 1.5], axis: 1)
        guard let refinement = channels.refinement else {
            return DecoderInitialization(
                head: try layer(truth, masks: masks, channels: channels.head, block: 8))
        }
        let half = Extent(2)
        let coarse = try averagePool2d(truth, kernel: half, stride: half)
        let finer = try truth - Enlarging(from: coarse.shape[3], device: faces.device)(coarse)
        return DecoderInitialization(
            head: try layer(
                coarse, masks: averagePool2d(masks, kernel: half, stride: half), channels: channels.head,
                block: 8),
            refinement: try layer(finer, masks: masks, channels: refinement, block: 16))
    }

    /// Number of faces for each person's mean in a base model, and for the common patches of all people.
    private static let (averaged, shared) = (20, 256)

    /// Decoder initializations of people who share a decoder: each person's mean face, and in the first one
    /// the components of all people's deviations from their means.
    static func starts(ofPeopleSharing people: [PersonFaces], channels: Int) throws -> [DecoderInitialization]
    {
        var (means, changes, masks) = ([[Float]](), [Tensor](), [Tensor]())
        let each = max(1, shared / max(1, people.count))
        for person in people {
            let some = try person.startingFaces(count: averaged)
            let truth = try concatenated([some.faces, (some.masks * 2 - 1) * 1.5], axis: 1)
            let mean = try truth.mean(0, keep: true)
            means.append(try mean.values())
            let chosen = Validator.spread(Array(0..<truth.shape[0]), count: each).map(Int64.init)
            let index = try Tensor(chosen, shape: [chosen.count], device: truth.device)
            changes.append(try truth.indexSelect(index) - mean)
            masks.append(try some.masks.indexSelect(index))
        }
        let patches = try layer(
            concatenated(changes, axis: 0), masks: concatenated(masks, axis: 0), channels: channels, block: 8
        ).patches
        return means.enumerated().map { place, mean in
            DecoderInitialization(head: .init(mean: mean, patches: place == 0 ? patches : []))
        }
    }

    private static func layer(
        _ truth: Tensor, masks: Tensor, channels: Int, block: Int
    ) throws -> DecoderInitialization.Layer {
        let mean = try truth.mean(0, keep: true)
        // Pixels outside the face have a weight of a tenth.
        let ones = try Tensor(repeating: 1, shape: masks.shape, device: masks.device)
        let attention = try masks * 0.9 + 0.1
        let weights = try concatenated([attention, attention, attention, ones], axis: 1)
        let pictures = try (truth - mean) * weights
        let lapped = try LappedPatches(block: block, device: truth.device)
        let grid = truth.shape[3] / block
        // Row by row: all patches of all faces together would be the peak memory of a small training.
        var patches: [Float] = []
        for row in 0..<grid {
            patches += try strongest(channels, of: lapped.patches(pictures, row: row))
        }
        return DecoderInitialization.Layer(mean: try mean.values(), patches: patches)
    }

    /// Principal components of the patches at each position, `[places, faces, length]` → `[places, channels,
    /// length]`.
    private static func strongest(_ channels: Int, of places: Tensor) throws -> [Float] {
        let (placeCount, count) = (places.shape[0], places.shape[1])
        let products = try matmul(places, places.permuted(0, 2, 1)).to(.float64) / Double(count)
        let vectors = try symmetricEigen(products).vectors
        // Component = faces · vector, of length √(N·λ); it is scaled to half a standard deviation, √λ / 2.
        let kept = min(channels, count)
        let strongest = try vectors.slice(count - kept..<count, axis: 2)
        let rows =
            try matmul((strongest * signs(of: strongest)).to(.float32).permuted(0, 2, 1), places)
            * (0.5 / Double(count).squareRoot())
        let patches: [Float] = try rows.contiguous().values()
        return kept < channels
            ? padded(patches, of: places.shape[2], from: kept, to: channels, places: placeCount) : patches
    }

    /// Sign (1 or −1) of each unit vector, `[places, length, count]` → `[places, 1, count]`, which makes
    /// eigenvectors unique: their sign is arbitrary and depends on the LAPACK implementation.
    private static func signs(of vectors: Tensor) throws -> Tensor {
        // Faces and their mirror images come in pairs: two entries may have equal magnitude, but not their
        // weighted sum.
        let values = (0..<vectors.shape[1]).map { sin(Float($0 + 1)) }
        let weights = try Tensor(values, shape: [1, values.count, 1], device: vectors.device).to(.float64)
        let sums = try (vectors * weights).sum(1, keep: true)
        return try (sums * 1e30).clamped(-1...1)
    }

    /// Pads with zeros if there are fewer faces than components.
    private static func padded(
        _ rows: [Float], of length: Int, from kept: Int, to channels: Int, places: Int
    ) -> [Float] {
        let (given, wanted) = (kept * length, channels * length)
        var result = [Float](repeating: 0, count: places * wanted)
        for place in 0..<places {
            for index in 0..<given { result[place * wanted + index] = rows[place * given + index] }
        }
        return result
    }
}
