import Foundation
import Tensors

/// Gaussian-weighted local means over a square window around each position.
///
/// At the borders the window is truncated and renormalised, so that the picture keeps its size and a constant
/// picture its values.
///
/// Computed as two products with a banded (Toeplitz) matrix, one per axis, which takes the same time for wide
/// and narrow windows. On a CPU, narrow windows are instead computed as separable convolutions with the
/// channels innermost in memory: five times as fast for 11 pixels of 128. Callers that need several maps of
/// the same pictures convert the layout once (`arranged`, `means`, `restored`).
package struct GaussianWindow {
    private let rows: Tensor  // [H, H]
    private let columns: Tensor  // [W, W], transposed
    private let narrow: NarrowWindow?

    /// - Parameters:
    ///   - window: side of the window in pixels, odd.
    ///   - sigma: standard deviation of the Gaussian in pixels.
    package init(
        height: Int, width: Int, window: Int, sigma: Double, type: ElementType = .float32,
        device: Device = .cpu
    ) throws {
        let line = Line(window: window, sigma: sigma)
        func band(_ size: Int) throws -> Tensor {
            try Tensor(line.band(size), shape: [size, size]).to(type).to(device: device)
        }
        rows = try band(height)
        columns = try band(width).permuted(1, 0)
        // For wider windows the matrix products are as fast (64 to 256 pixels, two cores).
        let isNarrow = 3 * window <= min(height, width)
        narrow =
            try isNarrow && device == .cpu && type == .float32 && Engine.hasOneDNN()
            ? NarrowWindow(line, height: height, width: width) : nil
    }

    /// Shapes: `[N, C, H, W]` → the same.
    package func callAsFunction(_ x: Tensor) throws -> Tensor {
        try restored(means(of: [arranged(x)])[0], to: x.shape)
    }

    /// Converts pictures to the fastest layout for `means`. Shapes: `[N, C, H, W]` → the same or `[1, N·C, H,
    /// W]`.
    package func arranged(_ x: Tensor) throws -> Tensor {
        guard narrow != nil else { return x }
        return try x.reshaped(1, x.shape[0] * x.shape[1], x.shape[2], x.shape[3]).channelsLast()
    }

    /// Converts back to the given shape.
    package func restored(_ x: Tensor, to shape: [Int]) throws -> Tensor {
        try x.shape == shape && narrow == nil ? x : x.contiguous().reshaped(shape)
    }

    /// Local means of several arranged maps of one shape, in one pass.
    package func means(of maps: [Tensor]) throws -> [Tensor] {
        let joined = try concatenated(maps, axis: 0)
        let means = try narrow.map { try $0(joined) } ?? matmul(matmul(rows, joined), columns)
        return try means.split(maps.map { $0.shape[0] }, axis: 0)
    }

    /// Window weights along one axis.
    fileprivate struct Line {
        /// Normalised to a sum of 1.
        let weights: [Double]

        init(window: Int, sigma: Double) {
            let raw = (0..<window).map { exp(-pow(Double($0 - window / 2), 2) / (2 * sigma * sigma)) }
            let sum = raw.reduce(0, +)
            weights = raw.map { $0 / sum }
        }

        /// Sum of the window weights inside the picture, by position.
        private func inside(_ position: Int, of size: Int) -> (
            positions: Range<Int>, weights: ArraySlice<Double>
        ) {
            let first = position - weights.count / 2
            let positions = max(0, first)..<min(size, first + weights.count)
            return (positions, weights[positions.lowerBound - first..<positions.upperBound - first])
        }

        /// Square matrix whose rows contain the window around the diagonal, normalised to a sum of 1.
        func band(_ size: Int) -> [Double] {
            var values = [Double](repeating: 0, count: size * size)
            for (row, mass) in masses(size).enumerated() {
                let (columns, weights) = inside(row, of: size)
                for (column, weight) in zip(columns, weights) { values[row * size + column] = weight / mass }
            }
            return values
        }

        /// Sum of the window weights inside the picture, at each position.
        func masses(_ size: Int) -> [Double] {
            (0..<size).map { inside($0, of: size).weights.reduce(0, +) }
        }
    }
}

/// Separable Gaussian convolution of pictures in channels-last layout.
private struct NarrowWindow {
    private let weights: Tensor  // [1, 1, K, 1]
    /// Normalisation for truncated windows at the borders, `[1, 1, H, W]`.
    private let whole: Tensor
    private let size: Int

    init(_ line: GaussianWindow.Line, height: Int, width: Int) throws {
        size = line.weights.count
        weights = try Tensor(line.weights.map(Float.init), shape: [1, 1, size, 1])
        let (high, wide) = (line.masses(height), line.masses(width))
        whole = try Tensor(
            high.flatMap { row in wide.map { Float(1 / (row * $0)) } }, shape: [1, 1, height, width])
    }

    /// Shapes: `[N, P, H, W]` → the same.
    func callAsFunction(_ x: Tensor) throws -> Tensor {
        let (planes, reach) = (x.shape[1], size / 2)
        let down = try weights.expanded(planes, 1, size, 1)
        let summed = try conv2d(
            conv2d(x, weight: down, bias: nil, padding: Extent(reach, 0), groups: planes),
            weight: down.permuted(0, 1, 3, 2), bias: nil, padding: Extent(0, reach), groups: planes)
        return try summed * whole.expanded(1, planes, x.shape[2], x.shape[3]).channelsLast()
    }
}
