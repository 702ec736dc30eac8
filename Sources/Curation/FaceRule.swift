import Workspace

/// A condition on a face's measurements, such as `occlusion > 0.2 and width < 80`.
///
/// ```
/// rule       = all { "or" all }
/// all        = one { "and" one }
/// one        = "not" one | "(" rule ")" | key operator number
/// operator   = "<" | "<=" | ">" | ">=" | "=" | "!="
/// ```
///
/// Keys are those of `SortKey`. A comparison with a value that was not measured is unknown and never excludes a face, also
/// under `not` (Kleene's three-valued logic).
package struct FaceRule: Sendable, Equatable, CustomStringConvertible {
    let condition: Condition
    /// The source text of the rule.
    package let description: String

    /// - Throws: `CurationError` with the rule and the syntax error.
    package init(_ text: String) throws {
        do {
            var parser = try RuleParser(text)
            condition = try parser.parse()
            description = text
        } catch let error as CurationError {
            throw CurationError(.rule, "rule '\(text)': \(error.message)")
        }
    }

    package func matches(_ face: FaceSummary) -> Bool { condition.holds(for: face) == true }

    /// Whether the result is unknown because a required value was not measured.
    package func isUndecided(_ face: FaceSummary) -> Bool { condition.holds(for: face) == nil }

    indirect enum Condition: Sendable, Equatable {
        case comparison(SortKey, Comparison, Double)
        case not(Condition)
        case and(Condition, Condition)
        case or(Condition, Condition)

        /// The result; `nil` if unknown.
        func holds(for face: FaceSummary) -> Bool? {
            switch self {
            case .comparison(let key, let comparison, let limit):
                return key.value(of: face).map { comparison.holds($0, limit) }
            case .not(let inner):
                return inner.holds(for: face).map { !$0 }
            case .and(let first, let second):
                let (a, b) = (first.holds(for: face), second.holds(for: face))
                return a == false || b == false ? false : (a == nil || b == nil ? nil : true)
            case .or(let first, let second):
                let (a, b) = (first.holds(for: face), second.holds(for: face))
                return a == true || b == true ? true : (a == nil || b == nil ? nil : false)
            }
        }
    }

    enum Comparison: String, Sendable, CaseIterable {
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
        case equal = "="
        case different = "!="

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .less: value < limit
            case .atMost: value <= limit
            case .more: value > limit
            case .atLeast: value >= limit
            case .equal: value == limit
            case .different: value != limit
            }
        }
    }
}
