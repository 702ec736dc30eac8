/// A position in the bytes of a TOML document, with parsers for whitespace, comments and keys.
struct TOMLCursor {
    typealias Fault = TOMLDocument.Fault

    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The current byte; `nil` at the end of the document.
    var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    /// The byte at an offset from the current one.
    func next(_ distance: Int) -> UInt8? {
        place + distance < bytes.count ? bytes[place + distance] : nil
    }

    mutating func advance(_ count: Int = 1) { place = min(bytes.count, place + count) }

    func fault(_ message: String) -> Fault {
        Fault(line: bytes[..<place].reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }, message: message)
    }

    /// The next nesting depth; throws if it exceeds the maximum.
    func deeper(than depth: Int) throws(Fault) -> Int {
        guard depth < TOMLDocument.deepest else {
            throw fault("nests deeper than \(TOMLDocument.deepest) levels")
        }
        return depth + 1
    }

    /// Takes bytes while a condition holds.
    mutating func take(while isWanted: (UInt8) -> Bool) -> String {
        let start = place
        while let byte = next, isWanted(byte) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    mutating func skipSpaces() {
        while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { place += 1 }
    }

    /// Skips a newline, `\n` or `\r\n`; returns `false` if there is none.
    mutating func skipNewline() -> Bool {
        if next == UInt8(ascii: "\n") {
            place += 1
        } else if next == UInt8(ascii: "\r"), next(1) == UInt8(ascii: "\n") {
            place += 2
        } else {
            return false
        }
        return true
    }

    /// Skips whitespace, comments and newlines.
    mutating func skipBlanks() throws(Fault) {
        repeat {
            skipSpaces()
            try skipComment()
        } while skipNewline()
    }

    private mutating func skipComment() throws(Fault) {
        guard next == UInt8(ascii: "#") else { return }
        while let byte = next, byte != UInt8(ascii: "\n") {
            if byte == UInt8(ascii: "\r"), next(1) == UInt8(ascii: "\n") { return }
            guard !Self.isControl(byte) else { throw fault("a comment contains a control character") }
            place += 1
        }
    }

    /// Throws if anything but a comment follows on the line.
    mutating func endLine() throws(Fault) {
        skipSpaces()
        try skipComment()
        guard next == nil || skipNewline() else { throw fault("unexpected text at the end of the line") }
    }

    /// Skips spaces and a given character.
    mutating func expect(_ character: Unicode.Scalar, _ message: String) throws(Fault) {
        skipSpaces()
        guard next == UInt8(ascii: character) else { throw fault(message) }
        place += 1
    }

    /// A key with its dots: `a."b c".d`.
    mutating func keyPath() throws(Fault) -> [String] {
        var path: [String] = []
        while true {
            skipSpaces()
            path.append(try key())
            guard path.count <= TOMLDocument.deepest else {
                throw fault("nests deeper than \(TOMLDocument.deepest) levels")
            }
            skipSpaces()
            guard next == UInt8(ascii: ".") else { return path }
            place += 1
        }
    }

    private mutating func key() throws(Fault) -> String {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return try text(isKey: true)
        default:
            let key = take(while: Self.isBare)
            guard !key.isEmpty else { throw fault("a key is missing") }
            return key
        }
    }

    /// Control characters, which are not allowed in strings and comments.
    static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Letters, digits, `_` and `-`.
    private static func isBare(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
