import Foundation
import Workspace

extension EditList {
    /// Reads a list from TOML: `[[edit]]` tables with the keys of `Edit`. Times are seconds or `h:m:s`; a ramp is written
    /// `[from, to]`.
    ///
    /// - Throws: `SwappingError` (`edits`) that names file, place and remedy.
    package init(reading url: URL) throws {
        let name = url.lastPathComponent
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw SwappingError(.edits, "\(url.path) does not exist; name a file of edits")
        }
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw SwappingError(.edits, "\(url.path) cannot be read; name a file of edits", cause: error)
        }
        let document: [String: [[String: Value]]]
        do {
            document = try JSONDecoder().decode(
                [String: [[String: Value]]].self, from: SettingsDocument.json(text, name: name))
        } catch let error as DecodingError {
            throw SwappingError(
                .edits, "\(name) must hold [[edit]] tables of keys and plain values; correct it", cause: error
            )
        }
        if let other = document.keys.sorted().first(where: { $0 != "edit" }) {
            throw SwappingError(.edits, "\(name): unknown table '\(other)'; write [[edit]]")
        }
        self.init(
            try (document["edit"] ?? []).enumerated().map { number, table in
                do {
                    let edit = try Edit(table)
                    if let error = edit.validationError { throw InvalidEdit(message: error) }
                    return edit
                } catch let problem as InvalidEdit {
                    throw SwappingError(.edits, "\(name), edit \(number + 1): \(problem.message)")
                }
            })
    }
}

/// An invalid edit.
private struct InvalidEdit: Error {
    let message: String
}

/// The value of a key.
private enum Value: Decodable {
    case text(String)
    case number(Double)
    case truth(Bool)
    case numbers([Double])
    /// A table, a date, or a list that does not hold numbers.
    case other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let numbers = try? container.decode([Double].self) {
            self = .numbers(numbers)
        } else {
            self = .other
        }
    }

    /// The value for messages.
    var shown: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .number(let number): number == number.rounded() ? String(format: "%.0f", number) : "\(number)"
        case .truth(let truth): "\(truth)"
        case .numbers(let numbers): "\(numbers)"
        case .other: "a table or a list"
        }
    }

    private func problem(_ key: String, _ expected: String) -> InvalidEdit {
        InvalidEdit(message: "'\(key)' = \(shown): must be \(expected)")
    }

    func time(_ key: String) throws -> Double {
        switch self {
        case .number(let seconds): return seconds
        case .text(let text): if let time = ClockTime(text) { return time.seconds }
        default: break
        }
        throw problem(key, "a time: seconds, or \"h:m:s\"")
    }

    func ramp(_ key: String) throws -> Ramp {
        switch self {
        case .number(let number): return Ramp(number)
        case .numbers(let pair) where pair.count == 2: return Ramp(pair[0], pair[1])
        default: throw problem(key, "a number, or two: [from, to]")
        }
    }

    func truth(_ key: String) throws -> Bool {
        guard case .truth(let truth) = self else { throw problem(key, "true or false") }
        return truth
    }

    func name(_ key: String) throws -> String {
        guard case .text(let text) = self else {
            throw problem(key, "the name of a target's face set, in quotes")
        }
        return text
    }

    func point(_ key: String) throws -> [Double] {
        guard case .numbers(let numbers) = self else {
            throw problem(key, "two numbers, x and y in pixels of the frame")
        }
        return numbers
    }
}

extension Edit {
    fileprivate init(_ table: [String: Value]) throws {
        self.init(from: 0)
        for (key, value) in table.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "from": from = try value.time(key)
            case "to": to = try value.time(key)
            case "person": person = try value.name(key)
            case "swap": swap = try value.truth(key)
            case "face": face = try value.point(key)
            case "opacity": opacity = try value.ramp(key)
            case "scale": scale = try value.ramp(key)
            case "inset": inset = try value.ramp(key)
            case "feather": feather = try value.ramp(key)
            case "sharpen": sharpen = try value.ramp(key)
            case "colour_strength": colourStrength = try value.ramp(key)
            default:
                throw InvalidEdit(
                    message:
                        "unknown key '\(key)'; known keys are from, to, person, swap, face, opacity, scale, inset, "
                        + "feather, sharpen and colour_strength")
            }
        }
    }
}
