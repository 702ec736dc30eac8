/// The aspect ratio of a picture's stored pixels, as the scale from stored to square pixels.
///
/// DV, DVD, HDV and anamorphic cameras store pixels that are not square. Faces are measured and generated in square pixels;
/// frames keep their stored pixels. The shorter side of a pixel is stretched, so that no detail is lost.
package struct PixelShape: Sendable, Codable, Hashable {
    /// Square pixels per stored pixel along a row; at least 1.
    package let x: Double
    /// Square pixels per stored pixel along a column; at least 1.
    package let y: Double

    package static let square = PixelShape(x: 1, y: 1)

    private init(x: Double, y: Double) { (self.x, self.y) = (x, y) }

    /// The shape of a frame's pixels, adjusted so that the size in square pixels is whole.
    ///
    /// - Parameter aspect: sample aspect ratio, the width of a stored pixel over its height. Values outside 1/5…5 are
    ///   invalid and treated as square.
    package init(aspect: Double, width: Int, height: Int) {
        guard aspect.isFinite, (0.2...5).contains(aspect), width > 0, height > 0 else {
            self = .square
            return
        }
        func factor(_ scale: Double, _ length: Int) -> Double {
            (Double(length) * scale).rounded() / Double(length)
        }
        self.init(x: factor(max(1, aspect), width), y: factor(max(1, 1 / aspect), height))
    }

    package var isSquare: Bool { x == 1 && y == 1 }

    /// Stored pixels → square pixels.
    package var toSquare: AffineMap { AffineMap(a: x, b: 0, c: 0, d: y, tx: 0, ty: 0) }

    /// Square pixels → stored pixels.
    package var toStored: AffineMap { AffineMap(a: 1 / x, b: 0, c: 0, d: 1 / y, tx: 0, ty: 0) }

    /// The size of a frame in square pixels.
    package func squareSize(width: Int, height: Int) -> (width: Int, height: Int) {
        (Int((Double(width) * x).rounded()), Int((Double(height) * y).rounded()))
    }

    /// The smallest region of square pixels that covers a region of stored ones.
    package func squareRegion(_ region: PixelRegion) -> PixelRegion {
        guard !isSquare else { return region }
        let (left, top) = (
            Int((Double(region.x) * x).rounded(.down)), Int((Double(region.y) * y).rounded(.down))
        )
        let right = Int((Double(region.x + region.width) * x).rounded(.up))
        let bottom = Int((Double(region.y + region.height) * y).rounded(.up))
        return PixelRegion(x: left, y: top, width: right - left, height: bottom - top)
    }
}
