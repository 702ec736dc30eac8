import Faces
import Pictures

/// A small patch of a face's appearance: luma of the mean face's unit square, normalised for brightness and contrast.
///
/// Costs a few microseconds. Measures whether a position still looks like the same face, not whose face it is.
package struct FacePatch: Sendable, Equatable {
    private static let side = 24

    /// `side × side` values of mean 0 and norm 1.
    private let values: [Float]

    /// - Parameters:
    ///   - picture: a frame, or a part of one.
    ///   - map: pixels of the frame's mean-face unit square, 0…1 on both axes → pixels of the picture.
    /// - Returns: `nil` if the position is largely outside the picture or without contrast.
    package init?(_ picture: Picture, map: AffineMap) {
        guard map.isFinite, picture.width > 0, picture.height > 0 else { return nil }
        let side = Self.side
        var (values, outside) = ([Float](repeating: 0, count: side * side), 0)
        // Two samples per axis and value: enough anti-aliasing for this comparison.
        let step = 1 / Double(2 * side)
        picture.pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<2 * side {
                for column in 0..<2 * side {
                    let place = map((Double(column) + 0.5) * step, (Double(row) + 0.5) * step)
                    let (x, y) = (place.x.rounded(.down), place.y.rounded(.down))
                    guard x >= 0, y >= 0, x < Double(picture.width), y < Double(picture.height) else {
                        outside += 1
                        continue
                    }
                    let start = (Int(y) * picture.width + Int(x)) * 3
                    let luma =
                        0.299 * Float(pixels[start]) + 0.587 * Float(pixels[start + 1]) + 0.114
                        * Float(pixels[start + 2])
                    values[row / 2 * side + column / 2] += luma / 4
                }
            }
        }
        guard outside < 2 * side * side else { return nil }
        let mean = values.reduce(0, +) / Float(values.count)
        let length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
        // Less contrast than that is not a visible face.
        guard length > Self.leastDeviation * Float(side) else { return nil }
        self.values = values.map { ($0 - mean) / length }
    }

    package init?(_ picture: Picture, _ alignment: FaceAlignment) {
        self.init(picture, map: AffineMap(alignment.toUnit.inverse))
    }

    /// Standard deviation in levels of luma.
    private static let leastDeviation: Float = 2

    /// Correlation, −1…1: above 0.9 for a face one frame later.
    package func likeness(to other: FacePatch) -> Float {
        zip(values, other.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
