/// Reads a `FaceRule` by recursive descent.
struct RuleParser {
    private var tokens: [String]
    private var next = 0

    /// Maximum length of a rule in characters.
    static let longest = 1000

    init(_ text: String) throws {
        guard text.count <= Self.longest else {
            throw CurationError(.rule, "a rule has at most \(Self.longest) characters")
        }
        tokens = try Self.tokens(of: text)
        guard !tokens.isEmpty else {
            throw CurationError(.rule, "it is empty; write one such as 'sharpness < 20'")
        }
    }

    mutating func parse() throws -> FaceRule.Condition {
        let condition = try rule()
        if next < tokens.count {
            throw CurationError(
                .rule, "'\(tokens[next])' cannot follow here; join comparisons with 'and' or 'or'")
        }
        return condition
    }

    private mutating func rule() throws -> FaceRule.Condition {
        var result = try all()
        while take("or") { result = .or(result, try all()) }
        return result
    }

    private mutating func all() throws -> FaceRule.Condition {
        var result = try one()
        while take("and") { result = .and(result, try one()) }
        return result
    }

    private mutating func one() throws -> FaceRule.Condition {
        if take("not") { return .not(try one()) }
        if take("(") {
            let inner = try rule()
            guard take(")") else { throw CurationError(.rule, "a bracket is not closed") }
            return inner
        }
        guard let name = token() else {
            throw CurationError(.rule, "it ends where a key was expected; keys are \(SortKey.names)")
        }
        let key = try SortKey(named: name)
        let sign = token()
        guard let sign, let comparison = FaceRule.Comparison(rawValue: sign) else {
            let signs = FaceRule.Comparison.allCases.map(\.rawValue).joined(separator: " ")
            throw CurationError(
                .rule,
                "after '\(name)' one of \(signs) is expected, not \(sign.map { "'\($0)'" } ?? "the end")")
        }
        let word = token()
        guard let number = word.flatMap(Double.init), number.isFinite else {
            throw CurationError(
                .rule,
                "after '\(name) \(sign)' a number is expected, not \(word.map { "'\($0)'" } ?? "the end")")
        }
        return .comparison(key, comparison, number)
    }

    private mutating func token() -> String? {
        guard next < tokens.count else { return nil }
        next += 1
        return tokens[next - 1]
    }

    private mutating func take(_ word: String) -> Bool {
        guard next < tokens.count, tokens[next] == word else { return false }
        next += 1
        return true
    }

    /// Tokens: words, numbers, brackets and comparison operators, separated by optional spaces.
    private static func tokens(of text: String) throws -> [String] {
        var result: [String] = []
        var rest = Substring(text)
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else if "()".contains(character) {
                result.append(String(rest.removeFirst()))
            } else if "<>=!".contains(character) {
                result.append(String(rest.prefix { "<>=!".contains($0) }))
                rest = rest.drop { "<>=!".contains($0) }
            } else if isWord(character) {
                result.append(String(rest.prefix(while: isWord)))
                rest = rest.drop(while: isWord)
            } else {
                throw CurationError(.rule, "'\(character)' is not allowed in a rule")
            }
        }
        return result
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_.+-".contains(character))
    }
}
