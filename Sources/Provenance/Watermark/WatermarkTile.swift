/// The layout of the watermark for a key: a square of 32 × 32 cells that is repeated over the frame.
///
/// A quarter of the cells are guides, with positions and signs that depend only on the key, for synchronisation; the others
/// carry the coded bits, four cells each, spread over the tile and thus over the frame (spread spectrum: Cox, Kilian, Leighton
/// and Shamoon, "Secure spread spectrum watermarking for multimedia", 1997).
struct WatermarkTile: Sendable {
    /// Cells per side.
    static let side = 32
    /// Cells along the frame's shorter side: tiles scale with the frame.
    static let cellsAcross = 80.0

    private static let guideCount = side * side / 4
    static let copies = (side * side - guideCount) / WatermarkCode.codedBits

    /// ±1 per cell, row-major from the top.
    let signs: [Float]
    /// The guide cells, which do not depend on the number.
    let guides: [Int]
    /// `copies` cells per coded bit.
    let carriers: [Int]

    init(_ key: WatermarkKey) {
        var numbers = KeyedNumbers(seed: key.seed)
        let order = numbers.permutation(Self.side * Self.side)
        guides = Array(order[..<Self.guideCount])
        carriers = Array(order[Self.guideCount...])
        signs = order.map { _ in numbers.next() >> 63 == 0 ? -1 : 1 }
    }

    /// The tile in a mirrored or rotated picture: the same cells at other positions.
    func oriented(_ orientation: WatermarkOrientation) -> WatermarkTile { WatermarkTile(self, orientation) }

    private init(_ tile: WatermarkTile, _ orientation: WatermarkOrientation) {
        let side = Self.side
        let places = (0..<side * side).map { cell in
            let place = orientation.place(row: cell / side, column: cell % side, side: side)
            return place.row * side + place.column
        }
        guides = tile.guides.map { places[$0] }
        carriers = tile.carriers.map { places[$0] }
        var moved = tile.signs
        for (cell, place) in places.enumerated() { moved[place] = tile.signs[cell] }
        signs = moved
    }

    /// The guides' signs; 0 in all other cells.
    var guide: [Float] {
        var cells = [Float](repeating: 0, count: signs.count)
        for cell in guides { cells[cell] = signs[cell] }
        return cells
    }

    /// The whole tile with a message: ±1.
    func cells(_ coded: [Bool]) -> [Float] {
        var cells = guide
        for (index, cell) in carriers.enumerated() {
            cells[cell] = coded[index / Self.copies] ? signs[cell] : -signs[cell]
        }
        return cells
    }

    /// Soft bits from cell values: positive for 1.
    func softBits(_ seen: [Float]) -> [Float] {
        var soft = [Float](repeating: 0, count: WatermarkCode.codedBits)
        for (index, cell) in carriers.enumerated() { soft[index / Self.copies] += seen[cell] * signs[cell] }
        return soft
    }
}
