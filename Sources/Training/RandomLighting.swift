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
    private let device: Device

    init(_ settings: LightingSettings, device: Device) {
        self.settings = settings
        self.device = device
    }

    /// Whether any light is to be drawn.
    var shines: Bool { settings.share > 0 }

    /// As many lights, each by chance.
    ///
    /// - Parameter rows: those of them that are wanted.
    func draw(_ count: Int, rows: Range<Int>? = nil, numbers: inout RandomNumbers) throws -> LightingBatch {
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
        return LightingBatch(
            logarithms: try Tensor(
                Array(logarithms[rows.lowerBound * points..<rows.upperBound * points]),
                shape: [rows.count, 1, Self.points, Self.points], device: device))
    }
}

/// One light for each face of a batch.
struct LightingBatch {
    /// Logarithms of the gain at points that lie evenly from edge to edge, `[N, 1, 3, 3]`.
    let logarithms: Tensor

    /// Pictures in these lights, kept to 0…1.
    ///
    /// Shapes: `[N, C, S, S]` → the same.
    ///
    /// - Parameter extent: side of the part that the pictures show, around the middle, as a share of what the
    ///   light's points span.
    func applied(to pictures: Tensor, extent: Double) throws -> Tensor {
        let (side, points) = (pictures.shape[3], RandomLighting.points)
        let spread = try Tensor(
            FaceWarp.cubic(side, points: points, extent: extent), shape: [side, points],
            device: pictures.device)
        let gain = try matmul(matmul(spread, logarithms), spread.permuted(1, 0)).exponential()
        return try (pictures * gain).clamped(0...1)
    }
}
