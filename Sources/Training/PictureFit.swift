import Foundation
import Tensors
import Workspace

/// Resampling of packed pictures to a network's resolution: the visible part, and the weights of the source
/// pixels.
///
/// Downscaled pictures are area means; upscaled ones use cubic interpolation (Keys 1981, a = −½). If the
/// sizes agree, the centre is cropped without resampling.
struct PictureFit {
    /// Side lengths of the output pictures, including the margin.
    let outer: Int
    /// Pixels of margin on each edge.
    let edge: Int
    /// Side lengths of the packed pictures.
    let packed: Int
    /// `[1, outer, packed]`, rows sum to 1; `nil` if the centre is cropped.
    private let weights: Tensor?

    /// - Parameters:
    ///   - packed: side lengths of the packed pictures, including the margin.
    ///   - margin: how much wider they are than the crop, as a fraction of it.
    ///   - side: side length of the output crop.
    ///   - keepsMargin: whether the margin is kept, in whole pixels.
    init(packed: Int, margin: Double, side: Int, keepsMargin: Bool, device: Device) throws {
        self.packed = packed
        edge = keepsMargin ? Self.edge(side: side, margin: margin) : 0
        outer = side + 2 * edge
        let scale = PackedSet.cropSide(size: packed, margin: margin) / Double(side)
        if scale == 1, (packed - outer) % 2 == 0, packed >= outer {
            weights = nil
        } else {
            weights = try Tensor(
                Self.weights(from: packed, to: outer, scale: scale), shape: [1, outer, packed], device: device
            )
        }
    }

    /// The margin of a crop in whole pixels, so that its centre can be cropped exactly.
    static func edge(side: Int, margin: Double) -> Int { Int((Double(side) * margin / 2).rounded()) }

    /// Shapes: u8 `[N, C, packed, packed]` → u8 `[N, C, outer, outer]`.
    func callAsFunction(_ pictures: Tensor) throws -> Tensor {
        guard let weights else {
            let first = (packed - outer) / 2
            return try pictures.slice(first..<first + outer, axis: 2).slice(first..<first + outer, axis: 3)
                .contiguous()
        }
        let (count, channels) = (pictures.shape[0], pictures.shape[1])
        // One matrix product per plane, so that a picture's bytes do not depend on the other pictures of its
        // batch.
        let planes = try pictures.to(.float32).reshaped(count * channels, packed, packed)
        let fitted = try matmul(matmul(weights, planes), weights.permuted(0, 2, 1))
        return try (fitted.clamped(0...255) + 0.5).to(.uint8).reshaped(count, channels, outer, outer)
    }

    /// One axis: weights from source to output pixels, both centred.
    static func weights(from old: Int, to new: Int, scale: Double) -> [Float] {
        var matrix = [Float](repeating: 0, count: new * old)
        for row in 0..<new {
            let centre = Double(old) / 2 + (Double(row) + 0.5 - Double(new) / 2) * scale
            for (place, weight) in scale > 1 ? area(centre, scale) : cubic(centre) {
                matrix[row * old + min(old - 1, max(0, place))] += Float(weight)
            }
        }
        return matrix
    }

    /// Overlap of source pixels with an interval of the axis.
    private static func area(_ centre: Double, _ length: Double) -> [(Int, Double)] {
        let (low, high) = (centre - length / 2, centre + length / 2)
        return (Int(low.rounded(.down))..<Int(high.rounded(.up))).map { place in
            (place, (min(high, Double(place + 1)) - max(low, Double(place))) / length)
        }
    }

    private static func cubic(_ centre: Double) -> [(Int, Double)] {
        let position = centre - 0.5
        let base = Int(position.rounded(.down))
        let t = position - Double(base)
        let weights = [
            (-t + 2 * t * t - t * t * t) / 2, (2 - 5 * t * t + 3 * t * t * t) / 2,
            (t + 4 * t * t - 3 * t * t * t) / 2, (-t * t + t * t * t) / 2,
        ]
        return weights.enumerated().map { (base - 1 + $0.offset, $0.element) }
    }
}
