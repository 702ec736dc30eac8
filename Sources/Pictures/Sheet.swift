/// A contact sheet: a grid of pictures with column captions, such as a training preview of target, reconstruction, swap and
/// composite.
package struct Sheet: Sendable {
    /// Title of the sheet; empty for none.
    package var title: String
    /// Column captions; missing ones are empty.
    package var columns: [String]
    /// Rows of pictures from the top; each is scaled to the cell's side, keeping its proportions.
    package var rows: [[Picture]]
    /// Footer of the sheet; empty for none.
    package var footer: String
    /// Side of a cell in pixels.
    package var cell: Int
    /// Pixels between cells and around the sheet.
    package var gap: Int

    package init(
        title: String = "", columns: [String] = [], rows: [[Picture]], footer: String = "", cell: Int = 128,
        gap: Int = 8
    ) {
        (self.title, self.columns, self.rows, self.footer) = (title, columns, rows, footer)
        (self.cell, self.gap) = (max(8, cell), max(0, gap))
    }

    package var picture: Picture {
        let count = max(1, max(columns.count, rows.map(\.count).max() ?? 0))
        let scale = max(1, cell / 96)
        let line = BitmapFont.glyphHeight * scale + gap
        let grid = count * (cell + gap) + gap
        let words = BitmapFont.width(of: title.count > footer.count ? title : footer) * scale + 2 * gap
        var y = gap + (title.isEmpty ? 0 : line) + (columns.isEmpty ? 0 : line)
        let height = y + rows.count * (cell + gap) + (footer.isEmpty ? 0 : line)
        var sheet = Picture(width: max(grid, words), height: height, Colour.paper)
        if !title.isEmpty { sheet.write(title, x: gap, y: gap, scale: scale) }
        for (column, caption) in columns.enumerated() {
            let shown = String(caption.prefix(max(1, (cell + gap) / (BitmapFont.advance * scale))))
            sheet.write(shown, x: gap + column * (cell + gap), y: y - line, scale: scale)
        }
        for row in rows {
            for (column, picture) in row.enumerated() {
                let shown = scaled(picture)
                sheet.paste(
                    shown, x: gap + column * (cell + gap) + (cell - shown.width) / 2,
                    y: y + (cell - shown.height) / 2)
            }
            y += cell + gap
        }
        if !footer.isEmpty { sheet.write(footer, x: gap, y: y, scale: scale) }
        return sheet
    }

    private func scaled(_ picture: Picture) -> Picture {
        let longest = max(1, max(picture.width, picture.height))
        return picture.resized(
            width: max(1, picture.width * cell / longest), height: max(1, picture.height * cell / longest))
    }
}

extension Picture {
    package init(width: Int, height: Int, _ colour: Colour) {
        self.init(width: width, height: height, red: colour.red, green: colour.green, blue: colour.blue)
    }
}
