import Foundation
import Pictures

/// A contact sheet with one row per person: number, set, faces, seconds of video, and crops sampled evenly from the person's
/// frames.
package struct PeopleSheet {
    private let workspace: Workspace
    private let read: (URL) throws -> Picture
    /// Number of crops per row, and size of each in pixels.
    private static let columns = 8
    private static let side = 128

    /// - Parameter read: reads a picture file; this module has no codecs.
    package init(_ workspace: Workspace, read: @escaping (URL) throws -> Picture) {
        (self.workspace, self.read) = (workspace, read)
    }

    package func picture(title: String, _ people: [PersonReport], footer: String = "") throws -> Picture {
        let rows = try people.enumerated().map { number, person in
            [card(number + 1, person)] + (try crops(of: person.set))
        }
        return Sheet(
            title: title, columns: [], rows: rows, footer: footer, cell: Self.side, gap: 6
        ).picture
    }

    /// Text about a person, in a field of the size of a crop.
    private func card(_ number: Int, _ person: PersonReport) -> Picture {
        var card = Picture(width: Self.side, height: Self.side, Colour.paper)
        let letters = Self.side / BitmapFont.advance
        card.write("\(number)", x: 2, y: 8, scale: 3)
        var lines = [String(person.set.prefix(letters))]
        if let label = person.label { lines.append(String(label.prefix(letters))) }
        lines.append("\(person.faces) faces")
        lines.append("\((person.seconds * 10).rounded() / 10) s")
        lines.append("\(person.clips.count) clip\(person.clips.count == 1 ? "" : "s")")
        if person.leftOut > 0 { lines.append("\(person.leftOut) excluded") }
        for (line, text) in lines.enumerated() { card.write(text, x: 2, y: 42 + line * 13) }
        return card
    }

    private func crops(of set: String) throws -> [Picture] {
        let files = try workspace.index.crops(ofSet: set).map { try workspace.file($0, ofSet: set) }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
        let count = min(Self.columns, files.count)
        return try (0..<count).map { try read(files[(2 * $0 + 1) * files.count / (2 * count)]) }
    }
}
