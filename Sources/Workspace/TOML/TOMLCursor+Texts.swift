extension TOMLCursor {
    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")

    /// A string in double or single quotes, single-line or multi-line (triple quotes).
    mutating func text(isKey: Bool) throws(Fault) -> String {
        guard let mark = next else { throw fault("a text is missing") }
        let isLong = next(1) == mark && next(2) == mark
        guard isLong else {
            advance()
            return try content(until: mark, isLong: false)
        }
        guard !isKey else { throw fault("a key cannot have several lines") }
        advance(3)
        // A newline immediately after the opening quotes is ignored.
        _ = skipNewline()
        return try content(until: mark, isLong: true)
    }

    private mutating func content(until mark: UInt8, isLong: Bool) throws(Fault) -> String {
        var bytes: [UInt8] = []
        while let byte = next {
            if byte == mark {
                guard isLong else {
                    advance()
                    return String(decoding: bytes, as: UTF8.self)
                }
                let count = marks(mark)
                advance(count)
                // One or two quotes may precede the closing three.
                bytes += repeatElement(mark, count: count < 3 ? count : count - 3)
                if count >= 3 { return String(decoding: bytes, as: UTF8.self) }
            } else if byte == UInt8(ascii: "\\"), mark == Self.quote {
                advance()
                if isLong, try skipLineEnd() { continue }
                bytes += try escaped().utf8
            } else if isLong, skipNewline() {
                bytes.append(UInt8(ascii: "\n"))
            } else {
                guard !Self.isControl(byte) else {
                    throw fault(
                        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                            ? "the text has no end"
                            : "a text contains a control character; write it as \\uXXXX")
                }
                bytes.append(byte)
                advance()
            }
        }
        throw fault("the text has no end")
    }

    /// Number of consecutive quotes at the cursor, at most five.
    private func marks(_ mark: UInt8) -> Int {
        (0..<5).prefix { next($0) == mark }.count
    }

    /// Skips the newline after a backslash and all following whitespace.
    private mutating func skipLineEnd() throws(Fault) -> Bool {
        var ahead = self
        ahead.skipSpaces()
        guard ahead.skipNewline() else { return false }
        repeat { ahead.skipSpaces() } while ahead.skipNewline()
        self = ahead
        return true
    }

    /// An escape sequence, after its backslash.
    private mutating func escaped() throws(Fault) -> String {
        guard let letter = next else { throw fault("the text has no end") }
        advance()
        switch letter {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "u"): return try scalar(digits: 4)
        case UInt8(ascii: "U"): return try scalar(digits: 8)
        default:
            throw fault(
                "invalid escape sequence; write \\\\ for the backslash itself")
        }
    }

    private mutating func scalar(digits: Int) throws(Fault) -> String {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
            else {
                throw fault("\\u needs 4 hexadecimal digits and \\U needs 8")
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw fault("there is no Unicode character with the number \(String(value, radix: 16))")
        }
        return String(scalar)
    }
}
