import Foundation
import Tensors

/// The structural similarity index of two pictures at every position (Wang, Bovik, Sheikh and Simoncelli
/// 2004), with a Gaussian window.
///
/// The window is applied as two products with a banded (Toeplitz) matrix, one a side, which on a CPU is
/// several times faster than a depthwise convolution. Near the edge the window is cut and weighted anew, so
/// that the map has the picture's size. Values are in 0…1.
package struct StructuralSimilarity {
    private let rows: Tensor  // [H, H]
    private let columns: Tensor  // [W, W], transposed

    /// - Parameters:
    ///   - window: side of the window in pixels, odd.
    ///   - sigma: deviation of its Gaussian in pixels.
    package init(height: Int, width: Int, window: Int = 11, sigma: Double = 1.5, device: Device = .cpu) throws
    {
        rows = try Tensor(
            StructuralSimilarity.band(height, window: window, sigma: sigma), shape: [height, height],
            device: device)
        columns = try Tensor(
            StructuralSimilarity.band(width, window: window, sigma: sigma), shape: [width, width],
            device: device
        ).permuted(1, 0)
    }

    /// Shapes: `[N, C, H, W]` twice → `[N, C, H, W]`, −1…1 and 1 where both agree.
    package func callAsFunction(_ a: Tensor, _ b: Tensor) throws -> Tensor {
        let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
        // One pass over all five moments.
        let moments = try smoothed(concatenated([a, b, a.squared(), b.squared(), a * b], axis: 1))
        let channels = a.shape[1]
        func moment(_ index: Int) throws -> Tensor {
            try moments.slice(index * channels..<(index + 1) * channels, axis: 1)
        }
        let (meanA, meanB) = (try moment(0), try moment(1))
        let (squareA, squareB, product) = (try meanA.squared(), try meanB.squared(), try meanA * meanB)
        let covariance = try moment(4) - product
        let variance = try (moment(2) - squareA) + (moment(3) - squareB)
        let numerator = try (product * 2 + c1) * (covariance * 2 + c2)
        return try numerator / ((squareA + squareB + c1) * (variance + c2))
    }

    private func smoothed(_ x: Tensor) throws -> Tensor { try matmul(matmul(rows, x), columns) }

    /// A square matrix whose every row holds the window around its diagonal, with sum 1.
    private static func band(_ size: Int, window: Int, sigma: Double) -> [Float] {
        var values = [Float](repeating: 0, count: size * size)
        let reach = window / 2
        for row in 0..<size {
            let columns = max(0, row - reach)...min(size - 1, row + reach)
            let weights = columns.map { exp(-pow(Double($0 - row), 2) / (2 * sigma * sigma)) }
            let sum = weights.reduce(0, +)
            for (column, weight) in zip(columns, weights) {
                values[row * size + column] = Float(weight / sum)
            }
        }
        return values
    }
}
