import Foundation

/// The JSON header of a safetensors file, checked against the bytes that follow it.
struct Header {
    var metadata: [String: String] = [:]
    var entries: [String: SafetensorsFile.Entry] = [:]

    private struct Description: Codable {
        var dtype: String
        var shape: [Int]
        var data_offsets: [Int]
    }

    private enum Item: Decodable {
        case array(Description)
        case metadata([String: String])

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata(try [String: String](from: decoder))
            } else {
                self = .array(try Description(from: decoder))
            }
        }
    }

    init(parsing json: Data, payload: Int, at url: URL) throws {
        let items: [String: Item]
        do {
            items = try JSONDecoder().decode([String: Item].self, from: json)
        } catch {
            throw SafetensorsError(
                .damaged,
                "\(url.path) has an unreadable header; restore it from a copy or create it again",
                cause: error)
        }
        for (name, item) in items {
            switch item {
            case .metadata(let text): metadata = text
            case .array(let description):
                entries[name] = try Header.entry(name, description, payload: payload, at: url)
            }
        }
        // The arrays must be contiguous.
        var end = 0
        let ordered = entries.values.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        for entry in ordered {
            guard entry.range.lowerBound == end else {
                throw SafetensorsError(
                    .damaged,
                    "\(url.path) is damaged: '\(entry.name)' \(entry.range.lowerBound < end ? "overlaps" : "leaves a gap after") "
                        + "the array before it; restore it from a copy or create it again")
            }
            end = entry.range.upperBound
        }
        guard end == payload else {
            throw SafetensorsError(
                .damaged,
                "\(url.path) is cut off or damaged: its header describes \(end) bytes and \(payload) follow; "
                    + "restore it from a copy or create it again")
        }
    }

    private static let maximumRank = 8

    private static func entry(
        _ name: String, _ description: Description, payload: Int, at url: URL
    ) throws -> SafetensorsFile.Entry {
        let damaged = SafetensorsError(
            .damaged,
            "'\(name)' in \(url.path) is damaged or cut off; restore the file from a copy or create it again")
        guard let type = SafetensorsType(rawValue: description.dtype), description.data_offsets.count == 2,
            description.shape.count <= maximumRank
        else {
            throw damaged
        }
        let (start, end) = (description.data_offsets[0], description.data_offsets[1])
        // The product is checked for empty arrays too, so that callers can compute with any shape.
        var (bytes, isEmpty) = (type.byteCount, false)
        for length in description.shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(1, length))
            guard length >= 0, !overflow else { throw damaged }
            bytes = product
            isEmpty = isEmpty || length == 0
        }
        if isEmpty { bytes = 0 }
        guard start >= 0, start <= end, end <= payload, end - start == bytes else { throw damaged }
        return .init(name: name, type: type, shape: description.shape, range: start..<end)
    }

    /// The header of arrays written in this order, padded with spaces to a multiple of eight bytes.
    static func encoded(
        _ arrays: [(name: String, type: SafetensorsType, shape: [Int])], metadata: [String: String]
    )
        throws -> Data
    {
        var object: [String: Any] = [:]
        if !metadata.isEmpty { object["__metadata__"] = metadata }
        var offset = 0
        for array in arrays {
            let end = offset + array.shape.reduce(array.type.byteCount, *)
            object[array.name] = [
                "dtype": array.type.rawValue, "shape": array.shape, "data_offsets": [offset, end],
            ]
            offset = end
        }
        var json = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        return json
    }
}
