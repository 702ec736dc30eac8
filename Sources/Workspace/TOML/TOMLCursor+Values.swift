extension TOMLCursor {
    /// Reads any value.
    ///
    /// - Parameter depth: nesting depth of the value.
    mutating func value(depth: Int) throws(Fault) -> Setting {
        skipSpaces()
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .text(try text(isKey: false))
        case UInt8(ascii: "["): return try list(depth: deeper(than: depth))
        case UInt8(ascii: "{"): return try inlineTable(depth: deeper(than: depth))
        default: return try scalar()
        }
    }

    /// An array such as `[1, 2]`, possibly on several lines.
    private mutating func list(depth: Int) throws(Fault) -> Setting {
        advance()
        var values: [Setting] = []
        while true {
            try skipBlanks()
            if next == UInt8(ascii: "]") { break }
            values.append(try value(depth: depth))
            try skipBlanks()
            if next == UInt8(ascii: "]") { break }
            guard next == UInt8(ascii: ",") else { throw fault("',' or ']' must follow a value of a list") }
            advance()
        }
        advance()
        return .list(values)
    }

    /// An inline table such as `{ a = 1, b.c = 2 }`, on one line.
    private mutating func inlineTable(depth: Int) throws(Fault) -> Setting {
        advance()
        let table = TOMLTable(depth: depth)
        skipSpaces()
        if next == UInt8(ascii: "}") {
            advance()
            return table.setting
        }
        while true {
            let path = try keyPath()
            try expect("=", "'=' must follow the key")
            let place = try table.dotted(path.dropLast(), at: self)
            try place.enter(path[path.count - 1], value(depth: place.depth), at: self)
            skipSpaces()
            let end = next
            guard end == UInt8(ascii: ",") || end == UInt8(ascii: "}") else {
                throw fault("',' or '}' must follow a value of a table")
            }
            advance()
            if end == UInt8(ascii: "}") { return table.setting }
        }
    }

    /// `true`, a number, a date or a time.
    private mutating func scalar() throws(Fault) -> Setting {
        var word = take { !Self.endsScalar($0) }
        // A date and a time may have a space between them.
        if TOMLTime.isDate(word), next == UInt8(ascii: " "), let digit = next(1), Self.isDigit(digit) {
            advance()
            word += " " + take { !Self.endsScalar($0) }
        }
        switch word {
        case "": throw fault("a value is missing")
        case "true": return .flag(true)
        case "false": return .flag(false)
        default: break
        }
        if let number = try number(word) { return number }
        guard TOMLTime.isOne(word) else {
            throw fault("'\(word.prefix(60))' is not a value; a text needs quotes")
        }
        return .text(word)
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte <= 0x20
            || [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#")].contains(byte)
    }

    /// An integer or floating-point number; `nil` for other words.
    private func number(_ word: String) throws(Fault) -> Setting? {
        let unsigned = word.first == "+" || word.first == "-" ? word.dropFirst() : word[...]
        if unsigned == "inf" || unsigned == "nan" {
            throw fault("\(word) is not a valid number for a setting")
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
            guard let digits = Self.digits(word.dropFirst(2), radix: radix) else { return nil }
            guard let value = Int(digits, radix: radix) else { throw fault("\(word) is too large") }
            return .integer(value)
        }
        let parts = unsigned.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Self.digits(mantissa[0], radix: 10), whole.count == 1 || whole.first != "0" else {
            return nil
        }
        let sign = word.first == "-" ? "-" : ""
        if parts.count == 1, mantissa.count == 1 {
            guard let value = Int(sign + whole) else { throw fault("\(word.prefix(60)) is too large") }
            return .integer(value)
        }
        var plain = sign + whole
        if mantissa.count > 1 {
            guard let fraction = Self.digits(mantissa[1], radix: 10) else { return nil }
            plain += "." + fraction
        }
        if parts.count > 1 {
            let power = parts[1].first == "+" || parts[1].first == "-" ? parts[1].dropFirst() : parts[1]
            guard let digits = Self.digits(power, radix: 10) else { return nil }
            plain += "e" + (parts[1].first == "-" ? "-" : "") + digits
        }
        guard let value = Double(plain), value.isFinite else {
            throw fault("\(word.prefix(60)) is too large")
        }
        return .number(value)
    }

    /// Digits without underscores; `nil` for other text.
    private static func digits(_ text: Substring, radix: Int) -> String? {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        let isSound = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && $0.hexDigitValue.map { $0 < radix } ?? false }
        }
        return isSound ? parts.joined() : nil
    }
}
