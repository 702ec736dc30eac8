import Foundation

/// Settings of any kind as TOML, read strictly: a key that the defaults do not have is an error that names it.
package enum SettingsDocument {
    /// Reads a document; keys that it leaves out keep their defaults.
    ///
    /// - Parameter name: how errors call the document.
    /// - Throws: `WorkspaceError` (`settings`) that names the key or the line.
    package static func read<Value: Codable>(_ document: String, over defaults: Value, name: String) throws
        -> Value
    {
        try value(parse(document, name: name), over: defaults, name: name)
    }

    /// Sets single values, each given as `section.key=value`; a bare word is a text.
    package static func assign<Value: Codable>(_ assignments: [String], in value: Value, name: String) throws
        -> Value
    {
        try assignments.reduce(value) { value, assignment in
            let parts = assignment.split(separator: "=", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw WorkspaceError(.settings, "\(name) \(assignment): must read key=value")
            }
            let label = "\(name) \(assignment)"
            let plain = try? parse("\(parts[0]) = \(parts[1])", name: label)
            let given = try plain ?? parse("\(parts[0]) = \(Setting.text(parts[1]).literal)", name: label)
            return try Self.value(given, over: value, name: label)
        }
    }

    /// A value stored as JSON by this version or an earlier one: keys that it lacks are taken from the defaults,
    /// those that are unknown by now are dropped.
    package static func restored<Value: Codable>(_ json: String, over defaults: Value) throws -> Value {
        try JSONDecoder().decode(
            Value.self, from: Data(Setting.completed(json, from: defaults).utf8))
    }

    /// The value as JSON that `restored` reads.
    package static func json(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The value as a document that `read` reads.
    package static func text(of value: some Encodable) throws -> String {
        lines(of: try Setting(of: value), section: nil).joined(separator: "\n") + "\n"
    }

    /// A table's single values first, then its sections.
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

    /// A TOML document's content.
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
        let merged = try given.laid(over: Setting(of: defaults), section: nil, name: name)
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
            // The decoder's path is in camel case; the file's keys are not.
            context.codingPath.map { SettingTypes.snake($0.stringValue) }.joined(separator: ".")
        }
        switch error {
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            return "'\(key(context))' has a value of a type that it does not take; correct it"
        case .valueNotFound(_, let context), .keyNotFound(_, let context):
            return "'\(key(context))' has no value"
        @unknown default: return "a value is not possible; correct it"
        }
    }
}
