/// Checks the types of values in a settings file.
enum SettingTypes {
    /// Message about the first value of a wrong type, with key, value and expected type; `nil` if there is none, or if
    /// the type of the key is not known here.
    ///
    /// - Parameter value: the settings struct; its properties are the keys in camel case.
    static func complaint(_ given: Setting, for value: Any, at path: String = "") -> String? {
        guard case .table(let entries) = given else { return nil }
        let children = Mirror(reflecting: value).children
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard let child = children.first(where: { $0.label.map(snake) == key })?.value else { continue }
            let place = path.isEmpty ? key : "\(path).\(key)"
            if case .table = entry {
                if let complaint = complaint(entry, for: child, at: place) { return complaint }
                guard expectation(of: child) != nil else { continue }
            } else if expectation(of: child)?.isMet(entry) != false {
                continue
            }
            guard let expected = expectation(of: child)?.words else { continue }
            return "'\(place)' = \(entry.shown): must be \(expected)"
        }
        return nil
    }

    private struct Expectation {
        let words: String
        let isMet: (Setting) -> Bool
    }

    /// The expected type of a property; `nil` for structs, which are sections.
    private static func expectation(of value: Any) -> Expectation? {
        switch value {
        case is Bool: Expectation(words: "true or false") { if case .flag = $0 { true } else { false } }
        case is any FixedWidthInteger: Expectation(words: "a whole number", isMet: isWhole)
        case is any BinaryFloatingPoint: Expectation(words: "a number", isMet: isNumber)
        case is String: Expectation(words: "a text in quotes", isMet: isText)
        case is [String]: Expectation(words: "a list of texts in quotes") { isList($0, of: isText) }
        case is [Int]: Expectation(words: "a list of whole numbers") { isList($0, of: isWhole) }
        case is [Double]: Expectation(words: "a list of numbers") { isList($0, of: isNumber) }
        case let value as any CaseIterable: choice(among: value)
        default: nil
        }
    }

    private static func choice<Choice: CaseIterable>(among value: Choice) -> Expectation? {
        let names = Choice.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        guard !names.isEmpty else { return nil }
        return Expectation(words: "one of \(names.map { "\"\($0)\"" }.joined(separator: ", "))") {
            if case .text(let text) = $0 { names.contains(text) } else { false }
        }
    }

    private static func isText(_ setting: Setting) -> Bool {
        if case .text = setting { true } else { false }
    }

    private static func isWhole(_ setting: Setting) -> Bool {
        if case .integer = setting { true } else { false }
    }

    private static func isNumber(_ setting: Setting) -> Bool {
        if case .number = setting { true } else { isWhole(setting) }
    }

    private static func isList(_ setting: Setting, of isElement: (Setting) -> Bool) -> Bool {
        if case .list(let elements) = setting { elements.allSatisfy(isElement) } else { false }
    }

    /// A property's name as a key.
    static func snake(_ key: String) -> String {
        key.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }
}

extension Setting {
    /// The value for a message.
    fileprivate var shown: String {
        if case .table = self { return "a section" }
        return literal.count > 60 ? "\(literal.prefix(60))…" : literal
    }
}
