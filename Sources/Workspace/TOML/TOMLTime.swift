/// Dates and times in TOML (RFC 3339): `1979-05-27`, `07:32:00.5`, `1979-05-27T07:32:00Z`.
enum TOMLTime {
    /// Whether a word is a date, a time, or both with or without an offset.
    static func isOne(_ word: String) -> Bool {
        var rest = Array(word.utf8)[...]
        let dated = takeDate(&rest)
        if dated {
            if rest.isEmpty { return true }
            guard let separator = rest.popFirst(), [0x54, 0x74, 0x20].contains(separator) else {
                return false
            }
        }
        guard takeTime(&rest) else { return false }
        return rest.isEmpty || dated && isOffset(rest)
    }

    static func isDate(_ word: String) -> Bool {
        var rest = Array(word.utf8)[...]
        return takeDate(&rest) && rest.isEmpty
    }

    private static func takeDate(_ text: inout ArraySlice<UInt8>) -> Bool {
        var rest = text
        guard let year = number(4, &rest), take("-", &rest), let month = number(2, &rest), take("-", &rest),
            let day = number(2, &rest), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...days[month - 1]).contains(day) else { return false }
        text = rest
        return true
    }

    private static func takeTime(_ text: inout ArraySlice<UInt8>) -> Bool {
        guard let hour = number(2, &text), take(":", &text), let minute = number(2, &text), take(":", &text),
            let second = number(2, &text), hour < 24, minute < 60, second <= 60
        else { return false }
        guard take(".", &text) else { return true }
        let digits = text.prefix(while: TOMLCursor.isDigit)
        text = text.dropFirst(digits.count)
        return !digits.isEmpty
    }

    private static func isOffset(_ text: ArraySlice<UInt8>) -> Bool {
        if text.elementsEqual("Z".utf8) || text.elementsEqual("z".utf8) { return true }
        var rest = text
        guard take("+", &rest) || take("-", &rest), let hour = number(2, &rest), take(":", &rest),
            let minute = number(2, &rest)
        else { return false }
        return hour < 24 && minute < 60 && rest.isEmpty
    }

    private static func number(_ count: Int, _ text: inout ArraySlice<UInt8>) -> Int? {
        let digits = text.prefix(count)
        guard digits.count == count, digits.allSatisfy(TOMLCursor.isDigit) else { return nil }
        text = text.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func take(_ character: Unicode.Scalar, _ text: inout ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: character) else { return false }
        text = text.dropFirst()
        return true
    }
}
