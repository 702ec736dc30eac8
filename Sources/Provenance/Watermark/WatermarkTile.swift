/// How a key lays the watermark out: a square of 32 × 32 cells that repeats over the frame.
///
/// A quarter of the cells, at places and with signs that the key alone decides, is there to be found; the others carry the
/// coded bits, four cells each, so that a bit is spread over the tile and with it over the frame (spread spectrum: Cox,
/// Kilian, Leighton and Shamoon, "Secure spread spectrum watermarking for multimedia", 1997).
struct WatermarkTile: Sendable {
    /// Cells along a side.
    static let side = 32
    /// Tiles are a fraction of the frame, so that scaling changes nothing: cells along the frame's shorter side.
    static let cellsAcross = 80.0

    private static let guideCount = side * side / 4
    static let copies = (side * side - guideCount) / WatermarkCode.codedBits

    /// ±1 for each cell, rows from the top.
    let signs: [Float]
    /// The cells that are the same for every number.
    let guides: [Int]
    /// `copies` cells for each coded bit.
    let carriers: [Int]

    init(_ key: WatermarkKey) {
        var numbers = KeyedNumbers(seed: key.seed)
        let order = numbers.permutation(Self.side * Self.side)
        guides = Array(order[..<Self.guideCount])
        carriers = Array(order[Self.guideCount...])
        signs = order.map { _ in numbers.next() >> 63 == 0 ? -1 : 1 }
    }

    /// The tile as it lies in a picture that was mirrored or turned: the same cells at other places.
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

    /// The guides' signs, 0 in all other cells.
    var guide: [Float] {
        var cells = [Float](repeating: 0, count: signs.count)
        for cell in guides { cells[cell] = signs[cell] }
        return cells
    }

    /// The whole tile with a message in it: ±1.
    func cells(_ coded: [Bool]) -> [Float] {
        var cells = guide
        for (index, cell) in carriers.enumerated() {
            cells[cell] = coded[index / Self.copies] ? signs[cell] : -signs[cell]
        }
        return cells
    }

    /// What seen cells say of each coded bit: positive for 1.
    func softBits(_ seen: [Float]) -> [Float] {
        var soft = [Float](repeating: 0, count: WatermarkCode.codedBits)
        for (index, cell) in carriers.enumerated() { soft[index / Self.copies] += seen[cell] * signs[cell] }
        return soft
    }
}
