import Foundation
import Tensors

/// Random warp of pictures: the points of a regular grid are displaced independently in x and y, and
/// interpolated in between.
struct FaceWarp {
    private let kind: WarpKind
    private let deviation: Double
    private let side: Int
    /// Interpolation matrix `[side, points]` from the grid points to each pixel's centre; `nil` if there is
    /// no warp.
    private let interpolation: Tensor?

    /// Number of points a side.
    let points: Int

    /// - Parameter side: side lengths of the warped pictures.
    init(_ settings: AugmentationSettings, side: Int, device: Device) throws {
        (kind, deviation, self.side) = (settings.warpKind, settings.warp, side)
        switch kind {
        case .none: (points, interpolation) = (0, nil)
        case .smooth:
            points = 5
            interpolation = try Tensor(Self.cubic(side, points: 5), shape: [side, 5], device: device)
        case .faceswap:
            points = 5
            interpolation = try Tensor(Self.linear(side, points: 5), shape: [side, 5], device: device)
        case .grid:
            points = 9
            interpolation = try Tensor(Self.linear(side, points: 9), shape: [side, 9], device: device)
        }
    }

    /// Displacements of one face's points in fractions of the crop's side: x row by row, then y.
    func draw(_ numbers: inout RandomNumbers) -> [Double] {
        switch kind {
        case .none: return []
        case .smooth, .faceswap: return (0..<2 * points * points).map { _ in numbers.normal() * deviation }
        case .grid:
            let cells = [2, 4, 8][numbers.integer(below: 3)]
            return (0..<2).flatMap { _ in gridAxis(cells: cells, numbers: &numbers) }
        }
    }

    /// One axis of a grid of 2, 4 or 8 cells, evaluated on the points of the finest grid, which represents
    /// the coarser ones exactly. Points on the edge stay fixed. Two standard deviations of 0.24 cell are less
    /// than half a cell, so that neighbours never cross.
    private func gridAxis(cells: Int, numbers: inout RandomNumbers) -> [Double] {
        var coarse = [Double](repeating: 0, count: (cells + 1) * (cells + 1))
        for row in 1..<cells {
            for column in 1..<cells {
                var value = numbers.normal()
                while abs(value) > 2 { value = numbers.normal() }
                coarse[row * (cells + 1) + column] = value * deviation / Double(cells)
            }
        }
        let step = (points - 1) / cells
        return (0..<points * points).map { place in
            let (row, column) = (place / points, place % points)
            let (y, x) = (min(cells - 1, row / step), min(cells - 1, column / step))
            let (v, u) = (Double(row - y * step) / Double(step), Double(column - x * step) / Double(step))
            func at(_ y: Int, _ x: Int) -> Double { coarse[y * (cells + 1) + x] }
            let above: Double = at(y, x) * (1 - u) + at(y, x + 1) * u
            let below: Double = at(y + 1, x) * (1 - u) + at(y + 1, x + 1) * u
            return above * (1 - v) + below * v
        }
    }

    /// Displacements of the grid points, `[N, 2, points, points]`; `nil` if there is no warp.
    ///
    /// - Parameters:
    ///   - moves: displacements of each face, from `draw`.
    ///   - crop: fraction of the input picture's side that the crop covers.
    func displacements(_ moves: [[Double]], crop: Double, in buffer: inout StepBuffer) -> StepBuffer.Slot? {
        guard interpolation != nil, !moves.isEmpty else { return nil }
        // Coordinates run over −1…1.
        return buffer.add(
            moves.flatMap { $0.map { Float($0 * 2 * crop) } },
            shape: [moves.count, 2, points, points])
    }

    /// Offsets of the sampling positions, `[N, side, side, 2]`; `nil` if there is no warp.
    ///
    /// - Parameter points: from `displacements`, on the device.
    func field(_ points: Tensor) throws -> Tensor? {
        guard let interpolation else { return nil }
        return try matmul(matmul(interpolation, points), interpolation.permuted(1, 0)).permuted(0, 2, 3, 1)
    }

    /// Catmull-Rom interpolation from points spaced evenly from edge to edge to each pixel's centre.
    ///
    /// - Parameter extent: side of the centred area that the pixels cover, as a fraction of the points'
    ///   extent.
    static func cubic(_ side: Int, points: Int, extent: Double = 1) -> [Float] {
        matrix(side, points: points, extent: extent) { t in
            [
                (-t + 2 * t * t - t * t * t) / 2, (2 - 5 * t * t + 3 * t * t * t) / 2,
                (t + 4 * t * t - 3 * t * t * t) / 2, (-t * t + t * t * t) / 2,
            ]
        }
    }

    static func linear(_ side: Int, points: Int) -> [Float] {
        matrix(side, points: points, extent: 1) { [0, 1 - $0, $0, 0] }
    }

    private static func matrix(
        _ side: Int, points: Int, extent: Double, weights: (Double) -> [Double]
    ) -> [Float] {
        var matrix = [Float](repeating: 0, count: side * points)
        for row in 0..<side {
            let place = ((Double(row) + 0.5) / Double(side) - 0.5) * extent + 0.5
            let position = place * Double(points - 1)
            let base = min(points - 2, Int(position))
            for (offset, weight) in weights(position - Double(base)).enumerated() {
                let point = min(points - 1, max(0, base - 1 + offset))
                matrix[row * points + point] += Float(weight)
            }
        }
        return matrix
    }
}
