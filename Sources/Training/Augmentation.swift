import Foundation
import Tensors

/// Disturbs the encoder's pictures, all of a batch at once on the device: turn, size, place, a smooth warp
/// and colours.
///
/// The decoder must still draw the undisturbed face, so that the code holds the face and not the picture. One
/// `grid_sample` does the affine map and the warp together.
struct Augmentation {
    private let settings: AugmentationSettings
    private let side: Int
    /// `[side, 5]`: cubic interpolation between the points of the warp.
    private let interpolation: Tensor
    private let device: Device

    static let points = 5

    /// - Parameter side: sides of the encoder's pictures.
    init(_ settings: AugmentationSettings, side: Int, device: Device) throws {
        self.settings = settings
        self.side = side
        self.device = device
        interpolation = try Tensor(
            Augmentation.cubic(side), shape: [side, Augmentation.points], device: device)
    }

    /// - Parameters:
    ///   - wide: `[N, 3, W, W]`, the crops with their margin.
    ///   - numbers: the random numbers of this step.
    /// - Returns: `[N, 3, side, side]` in 0…1.
    func callAsFunction(_ wide: Tensor, crop: Double, numbers: inout RandomNumbers) throws -> Tensor {
        let count = wide.shape[0]
        var (maps, warps, gains, offsets) = ([Float](), [Float](), [Float](), [Float]())
        for _ in 0..<count {
            func even(_ reach: Double) -> Double { numbers.uniform(-reach...reach) }
            let angle = even(settings.rotation) * .pi / 180
            // Positions run over −1…1, so that a share of the side is twice as long here.
            let scale = exp(even(settings.zoom)) * crop
            let (x, y) = (2 * even(settings.shift) * crop, 2 * even(settings.shift) * crop)
            maps += [scale * cos(angle), -scale * sin(angle), x, scale * sin(angle), scale * cos(angle), y]
                .map(Float.init)
            warps += (0..<2 * Self.points * Self.points).map { _ in
                Float(numbers.normal() * 2 * settings.warp * crop)
            }
            gains += (0..<3).map { _ in Float(1 + even(settings.gain)) }
            offsets += (0..<3).map { _ in Float(even(settings.offset)) }
        }
        let affine = try affineGrid(
            Tensor(maps, shape: [count, 2, 3], device: device), height: side, width: side)
        let points = try Tensor(warps, shape: [count, 2, Self.points, Self.points], device: device)
        let warp = try matmul(matmul(interpolation, points), interpolation.permuted(1, 0)).permuted(
            0, 2, 3, 1)
        let moved = try gridSample(wide, grid: affine + warp, outside: .nearestEdge)
        let gain = try Tensor(gains, shape: [count, 3, 1, 1], device: device)
        let offset = try Tensor(offsets, shape: [count, 3, 1, 1], device: device)
        return try (moved * gain + offset).clamped(0...1)
    }

    /// Catmull-Rom interpolation from points that lie evenly from edge to edge to every pixel's centre.
    ///
    /// - Parameter extent: side of what the pixels show, around the middle, as a share of what the points span.
    static func cubic(_ side: Int, points: Int = Augmentation.points, extent: Double = 1) -> [Float] {
        var matrix = [Float](repeating: 0, count: side * points)
        for row in 0..<side {
            let place = ((Double(row) + 0.5) / Double(side) - 0.5) * extent + 0.5
            let position = place * Double(points - 1)
            let base = min(points - 2, Int(position))
            let t = position - Double(base)
            let weights = [
                (-t + 2 * t * t - t * t * t) / 2, (2 - 5 * t * t + 3 * t * t * t) / 2,
                (t + 4 * t * t - 3 * t * t * t) / 2, (-t * t + t * t * t) / 2,
            ]
            for (offset, weight) in weights.enumerated() {
                let point = min(points - 1, max(0, base - 1 + offset))
                matrix[row * points + point] += Float(weight)
            }
        }
        return matrix
    }
}
