import Foundation
import Media
import Pictures
import Workspace

/// Draws the crops of a set, sorted by a key, as one picture with number and value below each.
package struct ContactSheet {
    private let curation: SetCuration
    private let key: SortKey

    /// Layout in pixels.
    private enum Layout {
        static let cell = 128
        static let gap = 8
        static let words = 44
        static let columns = 12
        static let head = 64
        static let text = 2
    }

    package init(_ curation: SetCuration, by key: SortKey) {
        (self.curation, self.key) = (curation, key)
    }

    /// Samples at most `limit` faces evenly from the list, including its first and last.
    package static func spread(_ faces: [FaceSummary], limit: Int) -> [FaceSummary] {
        guard faces.count > limit, limit > 0 else { return faces }
        guard limit > 1 else { return [faces[0]] }
        return (0..<limit).map { faces[$0 * (faces.count - 1) / (limit - 1)] }
    }

    /// - Parameters:
    ///   - faces: faces to show, in order.
    ///   - first: number of faces, from the beginning of the order, from which they were sampled.
    ///   - all: total number of faces.
    /// - Throws: `CancellationError`. A crop that cannot be read is left blank with a note.
    package func picture(_ faces: [FaceSummary], first: Int, of all: Int) throws -> Picture {
        let columns = max(6, min(Layout.columns, faces.count))
        let rows = (faces.count + columns - 1) / columns
        let (across, down) = (Layout.cell + Layout.gap, Layout.cell + Layout.words)
        var sheet = Picture(
            width: Layout.gap + columns * across, height: Layout.head + rows * down + Layout.gap, Colour.paper
        )
        sheet.write(title(faces.count, first, of: all), x: Layout.gap, y: 16, scale: Layout.text)
        sheet.write(key.meaning, x: Layout.gap, y: 38, colour: Colour(110, 112, 118), scale: Layout.text)
        for (place, face) in faces.enumerated() {
            try Task.checkCancellation()
            let (x, y) = (Layout.gap + place % columns * across, Layout.head + place / columns * down)
            if let crop = try curation.crop(of: face).flatMap({ try? PictureFile.read($0) }) {
                sheet.paste(crop.resized(width: Layout.cell, height: Layout.cell), x: x, y: y)
            } else {
                sheet.fill(.faint, x: x, y: y, width: Layout.cell, height: Layout.cell)
                sheet.write("no crop", x: x + 8, y: y + 56, scale: Layout.text)
            }
            let isOut = face.rejection != nil
            sheet.write(key.text(of: face), x: x, y: y + Layout.cell + 5, scale: Layout.text)
            sheet.write(
                "#\(face.id)\(isOut ? " out" : "")", x: x, y: y + Layout.cell + 23,
                colour: isOut ? Colour.series[1] : Colour(110, 112, 118), scale: Layout.text)
        }
        return sheet
    }

    private func title(_ shown: Int, _ first: Int, of all: Int) -> String {
        let range = first < all ? "the first \(first) of \(all) faces" : "\(all) faces"
        let part = shown < first ? "\(shown), sampled evenly from \(range)" : range
        return "\(curation.name) by \(key.rawValue): \(part)"
    }
}
