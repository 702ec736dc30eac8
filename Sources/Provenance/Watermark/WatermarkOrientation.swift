/// The orientation of a picture: quarter turns and mirroring.
package struct WatermarkOrientation: Sendable, Hashable, CaseIterable {
    /// Whether the picture is mirrored horizontally, before any rotation.
    package let isMirrored: Bool
    /// Quarter turns clockwise, 0…3.
    package let quarterTurns: Int

    package static let upright = WatermarkOrientation(isMirrored: false, quarterTurns: 0)
    package static let allCases = [false, true].flatMap { isMirrored in
        (0..<4).map { WatermarkOrientation(isMirrored: isMirrored, quarterTurns: $0) }
    }

    /// The position of a square's cell after mirroring and rotation.
    func place(row: Int, column: Int, side: Int) -> (row: Int, column: Int) {
        var place = (row: row, column: isMirrored ? side - 1 - column : column)
        for _ in 0..<quarterTurns { place = (row: place.column, column: side - 1 - place.row) }
        return place
    }
}
