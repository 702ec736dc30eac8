import Faces
import Pictures

/// How a face looks in small: luma of the mean face's unit square, apart from its brightness and contrast.
///
/// Costs a few microseconds. Says whether what lies at a face's place still looks like it, not whose face it is.
package struct FacePatch: Sendable, Equatable {
    private static let side = 24

    /// `side × side` values of mean 0 and length 1.
    private let values: [Float]

    /// - Parameters:
    ///   - picture: a frame, or a part of one.
    ///   - map: pixels of the frame's mean-face unit square, 0…1 on both axes → pixels of the picture.
    /// - Returns: nil where the place lies largely outside the picture or shows nothing.
    package init?(_ picture: Picture, map: AffineMap) {
        guard map.isFinite, picture.width > 0, picture.height > 0 else { return nil }
        let side = Self.side
        var (values, outside) = ([Float](repeating: 0, count: side * side), 0)
        // Two samples on each axis of a value: enough against aliasing for what is compared here.
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
        // Less contrast than that is no face that could be seen.
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
