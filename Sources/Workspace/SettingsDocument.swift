import Foundation

/// Settings as TOML, read strictly: unknown keys are errors.
package enum SettingsDocument {
    /// Reads a document; missing keys have their defaults.
    ///
    /// - Parameter name: document name for error messages.
    /// - Throws: `WorkspaceError` (`settings`) that names the key or the line.
    package static func read<Value: Codable>(_ document: String, over defaults: Value, name: String) throws
        -> Value
    {
        try value(parse(document, name: name), over: defaults, name: name)
    }

    /// Sets single values, given as `section.key=value`; a bare word is a string.
    package static func assign<Value: Codable>(_ assignments: [String], in value: Value, name: String) throws
        -> Value
    {
        try assignments.reduce(value) { value, assignment in
            let parts = assignment.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw WorkspaceError(.settings, "\(name) \(assignment): must have the form key=value")
            }
            let label = "\(name) \(assignment)"
            let plain = try? parse("\(parts[0]) = \(parts[1])", name: label)
            let given = try plain ?? parse("\(parts[0]) = \(Setting.text(parts[1]).literal)", name: label)
            return try Self.value(given, over: value, name: label)
        }
    }

    /// Restores a value stored as JSON by this or an earlier version: missing keys have their defaults, unknown keys are
    /// ignored.
    package static func restored<Value: Codable>(_ json: String, over defaults: Value) throws -> Value {
        try JSONDecoder().decode(
            Value.self, from: Data(Setting.completed(json, from: defaults).utf8))
    }

    /// The value as JSON, for `restored`.
    package static func json(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The value as a document, for `read`.
    package static func text(of value: some Encodable) throws -> String {
        lines(of: try Setting(of: value), section: nil).joined(separator: "\n") + "\n"
    }

    /// Writes a table: single values first, then sections.
    private static func lines(of setting: Setting, section: String?) -> [String] {
        guard case .table(let values) = setting else { return [] }
        let sorted = values.sorted { $0.key < $1.key }
        var lines = section.map { ["", "[\($0)]"] } ?? []
        for (key, value) in sorted {
            if case .table = value { continue }
            lines.append("\(key) = \(value.literal)")
        }
        for (key, value) in sorted {
            lines += Self.lines(of: value, section: section.map { "\($0).\(key)" } ?? key)
        }
        return lines
    }

    /// The content of a TOML document.
    ///
    /// - Throws: `WorkspaceError` (`settings`) that names the file and the line.
    static func parse(_ document: String, name: String) throws -> Setting {
        do {
            return try TOMLDocument.read(document)
        } catch {
            throw WorkspaceError(
                .settings, "\(name), line \(error.line): \(error.message); correct the line")
        }
    }

    /// A TOML document as JSON.
    ///
    /// - Throws: `WorkspaceError` (`settings`) that names the file and the line.
    package static func json(_ document: String, name: String) throws -> Data {
        try JSONEncoder().encode(parse(document, name: name))
    }

    static func value<Value: Codable>(_ given: Setting, over defaults: Value, name: String) throws -> Value {
        let merged = try given.merged(over: Setting(of: defaults), section: nil, name: name)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Value.self, from: JSONEncoder().encode(merged))
        } catch let error as DecodingError {
            let words = SettingTypes.complaint(given, for: defaults) ?? Self.words(for: error)
            throw WorkspaceError(.settings, "\(name): \(words)")
        }
    }

    private static func words(for error: DecodingError) -> String {
        func key(_ context: DecodingError.Context) -> String {
            // The coding path is in camel case; the keys of the file are in snake case.
            context.codingPath.map { SettingTypes.snake($0.stringValue) }.joined(separator: ".")
        }
        switch error {
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            return "'\(key(context))' has a value of a wrong type; correct it"
        case .valueNotFound(_, let context), .keyNotFound(_, let context):
            return "'\(key(context))' has no value"
        @unknown default: return "a value is invalid; correct it"
        }
    }
}
