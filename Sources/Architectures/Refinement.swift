import NeuralNetworks
import Tensors

/// Doubles the patch head's output resolution: upscales its picture and adds the missing high frequencies in
/// patches of 32×32 pixels.
///
/// It uses the same positions and features as the head. Few channels are sufficient, because most
/// high-frequency detail is static and part of the mean face; eyelids, lashes, teeth and the lips' edge move.
///
/// Shapes: features `[N, C, G, G]`, coarse `[N, 4, 8·G, 8·G]` → `[N, 4, 16·G, 16·G]`. Parameters: `head`, `mean [1, 4, 16·G, 16·G]`.
struct Refinement {
    private let head: PatchHead
    private let mean: Tensor
    private let enlarging: Enlarging

    init(_ scope: Scope, settings: HybridSettings, channels: Int, start: DecoderInitialization.Layer?) throws
    {
        head = try PatchHead(
            scope / "head", inputs: settings.channels, channels: channels, side: settings.places, block: 16,
            patches: start?.patches, scale: 0.03)
        mean = try scope.parameter(
            "mean", shape: [1, 4, settings.resolution, settings.resolution],
            initial: start.map { .given($0.mean) } ?? .zeros)
        enlarging = try Enlarging(from: settings.headResolution, device: scope.store.device)
    }

    func callAsFunction(_ features: Tensor, coarse: Tensor) throws -> Tensor {
        try enlarging(coarse) + head(features) + mean
    }
}

/// Upscales pictures by two with cubic convolution (Keys 1981, a = −½) and edge padding.
package struct Enlarging {
    /// `[2R, R]`
    private let weights: Tensor

    /// - Parameter side: side of the input pictures.
    package init(from side: Int, device: Device) throws {
        // The centre of an output pixel is a quarter of an input pixel from the nearest input centre.
        let taps: [Float] = [-0.0234375, 0.2265625, 0.8671875, -0.0703125]
        var matrix = [Float](repeating: 0, count: 2 * side * side)
        for row in 0..<2 * side {
            let weights = row % 2 == 0 ? taps : taps.reversed()
            let first = row / 2 - (row % 2 == 0 ? 2 : 1)
            for (offset, weight) in weights.enumerated() {
                matrix[row * side + min(side - 1, max(0, first + offset))] += weight
            }
        }
        weights = try Tensor(matrix, shape: [2 * side, side], device: device)
    }

    /// Shapes: `[N, C, R, R]` → `[N, C, 2R, 2R]`.
    package func callAsFunction(_ pictures: Tensor) throws -> Tensor {
        let (channels, side) = (pictures.shape[1], pictures.shape[3])
        // The right factor first: one product of all rows.
        let wide = try matmul(pictures.contiguous().reshaped(-1, side), weights.permuted(1, 0))
            .reshaped(-1, side, 2 * side)
        return try matmul(weights.reshaped(1, 2 * side, side), wide)
            .reshaped(-1, channels, 2 * side, 2 * side)
    }
}
