/// How a picture stands: which side is up, and whether it is mirrored.
package struct WatermarkOrientation: Sendable, Hashable, CaseIterable {
    /// Whether left and right were exchanged, before any turn.
    package let isMirrored: Bool
    /// Quarter turns clockwise, 0…3.
    package let quarterTurns: Int

    package static let upright = WatermarkOrientation(isMirrored: false, quarterTurns: 0)
    package static let allCases = [false, true].flatMap { isMirrored in
        (0..<4).map { WatermarkOrientation(isMirrored: isMirrored, quarterTurns: $0) }
    }

    /// Where a cell of a square comes to lie when the square is mirrored and turned.
    func place(row: Int, column: Int, side: Int) -> (row: Int, column: Int) {
        var place = (row: row, column: isMirrored ? side - 1 - column : column)
        for _ in 0..<quarterTurns { place = (row: place.column, column: side - 1 - place.row) }
        return place
    }
}
