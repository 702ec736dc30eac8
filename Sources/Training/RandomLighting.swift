import Foundation
import Tensors

/// How another light is shone on faces, for the encoder and as what is to be drawn alike.
package struct LightingSettings: Sendable, Codable, Equatable {
    /// Share of the faces that it falls on; the others stay as they were filmed.
    package var share = 0.8
    /// Deviation of the gain's logarithm at the left and right edge against the middle: light from a side.
    package var across = 0.3
    /// The same at the upper and lower edge.
    package var down = 0.15
    /// Deviation of the gain's logarithm at each of 3 × 3 points, over and above.
    package var rough = 0.18

    package init() {}
}

/// Light that people were never filmed in: slow fields of gain over the whole picture.
///
/// Each person is filmed in few lights, often one, and turned to it in few ways. A decoder that knows nothing else
/// draws another's side light as what it takes for it among its own frames: the longer it learns, the surer it is,
/// and the more it blotches. With lights that are drawn at random neither decoder can tie light to a turn or to an
/// expression. Exposure as a whole stays: the encoder's colours are disturbed, and it could not be told from them.
struct RandomLighting {
    static let points = 3

    private let settings: LightingSettings
    private let grids = Grids()

    init(_ settings: LightingSettings) { self.settings = settings }

    /// Whether any light is to be drawn.
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

    /// Lightings that were drawn, on the device.
    func batch(_ slot: StepBuffer.Slot, _ buffer: StepBuffer.Uploaded) throws -> LightingBatch {
        LightingBatch(logarithms: try buffer(slot), grids: grids)
    }

    /// Interpolation matrices `[side, 3]` that were made so far, by side and extent.
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

/// One light for each face of a batch.
struct LightingBatch {
    /// Logarithms of the gain at points that lie evenly from edge to edge, `[N, 1, 3, 3]`.
    let logarithms: Tensor
    fileprivate let grids: RandomLighting.Grids

    /// Pictures in these lights, kept to 0…1.
    ///
    /// Shapes: `[N, C, S, S]` → the same.
    ///
    /// - Parameter extent: side of the part that the pictures show, around the middle, as a share of what the
    ///   light's points span.
    func applied(to pictures: Tensor, extent: Double) throws -> Tensor {
        let spread = try grids(side: pictures.shape[3], extent: extent, device: pictures.device)
        let gain = try matmul(matmul(spread, logarithms), spread.permuted(1, 0)).exponential()
        return try (pictures * gain).clamped(0...1)
    }
}
