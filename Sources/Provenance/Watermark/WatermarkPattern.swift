/// A tile repeated over a frame's pixels: −64…64, interpolated linearly between cell centres.
struct WatermarkPattern: Sendable {
    /// Amplitude of a cell.
    static let unit = 64

    let width: Int
    let height: Int
    /// `height × width` values.
    let values: [Int8]

    /// - Parameter cells: ±1 per cell of a tile.
    init(_ cells: [Float], width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        let cell = Self.cellSide(width: width, height: height)
        let columns = (0..<width).map { Self.place((Double($0) + 0.5) / cell - 0.5) }
        values = [Int8](unsafeUninitializedCapacity: width * height) { target, count in
            for row in 0..<height {
                let (top, bottom, share) = Self.place((Double(row) + 0.5) / cell - 0.5)
                let line = (0..<WatermarkTile.side).map { column in
                    let upper = cells[top * WatermarkTile.side + column]
                    return upper + (cells[bottom * WatermarkTile.side + column] - upper) * share
                }
                for (column, (left, right, part)) in columns.enumerated() {
                    let value = line[left] + (line[right] - line[left]) * part
                    target[row * width + column] = Int8((value * Float(Self.unit)).rounded())
                }
            }
            count = width * height
        }
    }

    /// Side of a cell in pixels.
    static func cellSide(width: Int, height: Int) -> Double {
        max(2, Double(min(width, height)) / WatermarkTile.cellsAcross)
    }

    /// The two cells whose centres enclose a position, and the fraction of the distance from the first.
    private static func place(_ position: Double) -> (Int, Int, Float) {
        let (whole, side) = (Int(position.rounded(.down)), WatermarkTile.side)
        let first = (whole % side + side) % side
        return (first, (first + 1) % side, Float(position - Double(whole)))
    }
}
