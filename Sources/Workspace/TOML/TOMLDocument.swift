/// A TOML 1.0 document read into `Setting` values.
///
/// A custom parser for untrusted documents: it reports all faults as errors with line numbers, for arbitrary bytes, and limits
/// the nesting depth. Dates and times become strings; `inf` and `nan` are rejected, because they are not valid settings.
///
/// Source of the grammar: toml.io/en/v1.0.0.
struct TOMLDocument {
    /// A syntax error and its line, counted from 1.
    struct Fault: Error, Equatable {
        let line: Int
        let message: String
    }

    /// Maximum nesting depth of tables, arrays and key parts.
    static let deepest = 64
    /// Maximum size of a document in bytes.
    static let longest = 16 << 20

    private var cursor: TOMLCursor
    private let root = TOMLTable(depth: 0)

    /// Reads a document.
    ///
    /// - Throws: `Fault`.
    static func read(_ text: String) throws(Fault) -> Setting {
        guard text.utf8.count <= longest else {
            throw Fault(line: 1, message: "the document is longer than \(longest >> 20) MB")
        }
        var document = TOMLDocument(cursor: TOMLCursor(text))
        try document.read()
        return document.root.setting
    }

    private init(cursor: TOMLCursor) { self.cursor = cursor }

    private mutating func read() throws(Fault) {
        var current = root
        while true {
            try cursor.skipBlanks()
            guard let byte = cursor.next else { return }
            if byte == UInt8(ascii: "[") {
                current = try header()
            } else {
                let path = try cursor.keyPath()
                try cursor.expect("=", "'=' must follow the key")
                let place = try current.dotted(path.dropLast(), at: cursor)
                try place.enter(path[path.count - 1], cursor.value(depth: place.depth + 1), at: cursor)
            }
            try cursor.endLine()
        }
    }

    /// Reads a section header, `[a.b]` or `[[a.b]]`.
    private mutating func header() throws(Fault) -> TOMLTable {
        cursor.advance()
        let isElement = cursor.next == UInt8(ascii: "[")
        if isElement { cursor.advance() }
        let path = try cursor.keyPath()
        try cursor.expect("]", "']' must end the section's name")
        if isElement {
            guard cursor.next == UInt8(ascii: "]") else {
                throw cursor.fault("']]' must end the section's name")
            }
            cursor.advance()
        }
        let parent = try root.section(path.dropLast(), at: cursor)
        let name = path[path.count - 1]
        return isElement ? try parent.element(name, at: cursor) : try parent.define(name, at: cursor)
    }
}
