import Foundation

/// A settings file's content before its keys are known: what TOML and JSON have in common.
enum Setting: Codable, Equatable {
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([Setting])
    case table([String: Setting])

    /// The value as it would stand in a file, with keys in snake case.
    init(of value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        self = try JSONDecoder().decode(Setting.self, from: encoder.encode(value))
    }

    /// Stored JSON with the keys that it lacks, as later versions have them, and without those that are unknown.
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

    /// A section's value. What was a single value in an earlier version begins anew as a section.
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

    /// A table's value; nil for what is no table.
    subscript(key: String) -> Setting? {
        if case .table(let values) = self { values[key] } else { nil }
    }

    /// The value as TOML writes it; tables have no literal here.
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

    /// Lays these keys over the defaults; a key without a default is an error that names it.
    func laid(over defaults: Setting, section: String?, name: String) throws -> Setting {
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
                    "\(name): unknown key '\(key)'\(section.map { " in [\($0)]" } ?? ""); known are "
                        + known.keys.sorted().joined(separator: ", "))
            }
            result[key] = try value.laid(over: standard, section: key, name: name)
        }
        return .table(result)
    }
}
