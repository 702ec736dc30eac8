import Foundation

/// An untyped settings value: the common data model of TOML and JSON.
enum Setting: Codable, Equatable {
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Setting])
    case table([String: Setting])

    /// Encodes a value, with keys in snake case.
    init(of value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        self = try JSONDecoder().decode(Setting.self, from: encoder.encode(value))
    }

    /// Stored JSON, completed by the defaults of newer keys and without unknown ones.
    static func completed(_ json: String, from defaults: some Encodable) throws -> String {
        let given = try JSONDecoder().decode(Setting.self, from: Data(json.utf8))
        let known = try JSONDecoder().decode(Setting.self, from: JSONEncoder().encode(defaults))
        return String(decoding: try JSONEncoder().encode(given.completed(from: known)), as: UTF8.self)
    }

    private func completed(from defaults: Setting) -> Setting {
        guard case .table(let values) = self, case .table(let known) = defaults else { return self }
        return .table(
            known.reduce(into: [:]) { result, entry in
                result[entry.key] = values[entry.key]?.nested(completedFrom: entry.value) ?? entry.value
            })
    }

    /// Merges a section. A single value of an earlier version is replaced by the default section.
    private func nested(completedFrom defaults: Setting) -> Setting {
        switch (self, defaults) {
        case (.table, _): completed(from: defaults)
        case (_, .table): defaults
        default: self
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([Setting].self) {
            self = .list(value)
        } else {
            self = .table(try container.decode([String: Setting].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .table(let value): try container.encode(value)
        }
    }

    /// The value of a key; `nil` if this is not a table.
    subscript(key: String) -> Setting? {
        if case .table(let values) = self { values[key] } else { nil }
    }

    /// TOML literal of the value; tables have none.
    var literal: String {
        switch self {
        case .flag(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value):
            "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        case .list(let values): "[\(values.map(\.literal).joined(separator: ", "))]"
        case .table: ""
        }
    }

    /// Overrides the defaults with these keys; throws for unknown keys.
    func merged(over defaults: Setting, section: String?, name: String) throws -> Setting {
        guard case .table(let known) = defaults else { return self }
        guard case .table(let given) = self else {
            let key = section ?? ""
            throw WorkspaceError(.settings, "\(name): '\(key)' = \(literal): must be a section, [\(key)]")
        }
        var result = known
        for (key, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let standard = known[key] else {
                throw WorkspaceError(
                    .settings,
                    "\(name): unknown key '\(key)'\(section.map { " in [\($0)]" } ?? ""); known keys are "
                        + known.keys.sorted().joined(separator: ", "))
            }
            result[key] = try value.merged(over: standard, section: key, name: name)
        }
        return .table(result)
    }
}
