import Foundation
import Tensors

/// Settings of the random lighting applied alike to encoder inputs and targets.
package struct LightingSettings: Sendable, Codable, Equatable {
    /// Fraction of the faces that are relit; the others stay unchanged.
    package var share = 0.8
    /// Standard deviation of the log gain at the left and right edge relative to the centre: light from one
    /// side.
    package var across = 0.3
    /// The same at the upper and lower edge.
    package var down = 0.15
    /// Standard deviation of an additional log gain at each of 3 × 3 points.
    package var rough = 0.18

    package init() {}
}

/// Random lighting: smooth gain fields over the whole picture.
///
/// Each person is filmed in few lighting conditions, often one, and in few poses relative to it. A decoder
/// trained on these alone renders another person's side light as the closest condition among its own frames,
/// with increasing confidence and blotches as training proceeds. With random lighting, neither decoder can
/// correlate lighting with pose or expression. The overall exposure is unchanged: it could not be
/// distinguished from the encoder's colour augmentation.
struct RandomLighting {
    static let points = 3

    private let settings: LightingSettings
    private let grids = Grids()

    init(_ settings: LightingSettings) { self.settings = settings }

    /// Whether any lighting is drawn.
    var shines: Bool { settings.share > 0 }

    /// Draws random lighting.
    ///
    /// - Parameters:
    ///   - count: number of lightings to draw.
    ///   - rows: those of them that are used, all if `nil`.
    /// - Returns: log gains, `[rows, 1, 3, 3]`.
    func draw(
        _ count: Int, rows: Range<Int>? = nil, numbers: inout RandomNumbers, in buffer: inout StepBuffer
    ) -> StepBuffer.Slot {
        let last = Double(Self.points - 1)
        var logarithms: [Float] = []
        for _ in 0..<count {
            let strength = numbers.uniform() < settings.share ? 1.0 : 0
            let (across, down) = (numbers.normal() * settings.across, numbers.normal() * settings.down)
            let values = (0..<Self.points * Self.points).map { point in
                let (row, column) = (Double(point / Self.points), Double(point % Self.points))
                return across * (column / last * 2 - 1) + down * (row / last * 2 - 1)
                    + numbers.normal() * settings.rough
            }
            let mean = values.reduce(0, +) / Double(values.count)
            logarithms += values.map { Float(strength * ($0 - mean)) }
        }
        let (rows, points) = (rows ?? 0..<count, Self.points * Self.points)
        return buffer.add(
            Array(logarithms[rows.lowerBound * points..<rows.upperBound * points]),
            shape: [rows.count, 1, Self.points, Self.points])
    }

    /// Lightings of a batch, on the device.
    func batch(_ slot: StepBuffer.Slot, _ buffer: StepBuffer.Uploaded) throws -> LightingBatch {
        LightingBatch(logarithms: try buffer(slot), grids: grids)
    }

    /// Cached interpolation matrices `[side, 3]`, by side and extent.
    fileprivate final class Grids {
        private struct Key: Hashable {
            let side: Int
            let extent: Double
        }
        private var made: [Key: Tensor] = [:]

        func callAsFunction(side: Int, extent: Double, device: Device) throws -> Tensor {
            let key = Key(side: side, extent: extent)
            if let grid = made[key] { return grid }
            let grid = try Tensor(
                FaceWarp.cubic(side, points: points, extent: extent), shape: [side, points], device: device)
            made[key] = grid
            return grid
        }
    }
}

/// Lighting for each face of a batch.
struct LightingBatch {
    /// Log gains at points spaced evenly from edge to edge, `[N, 1, 3, 3]`.
    let logarithms: Tensor
    fileprivate let grids: RandomLighting.Grids

    /// Relights pictures and clamps them to 0…1.
    ///
    /// Shapes: `[N, C, S, S]` → the same.
    ///
    /// - Parameter extent: side of the centred area that the pictures show, as a fraction of the lighting
    ///   points' extent.
    func applied(to pictures: Tensor, extent: Double) throws -> Tensor {
        let spread = try grids(side: pictures.shape[3], extent: extent, device: pictures.device)
        let gain = try matmul(matmul(spread, logarithms), spread.permuted(1, 0)).exponential()
        return try (pictures * gain).clamped(0...1)
    }
}
