/// A table during parsing. Stores how it was defined, because TOML does not allow defining a table twice.
final class TOMLTable {
    private enum Entry {
        case value(Setting)
        case table(TOMLTable)
        /// `[[name]]`, at least one.
        case elements([TOMLTable])
    }

    private enum Origin {
        /// Implicitly created as a parent of another section; may still be defined.
        case implied
        case header
        /// Created by dotted keys; may be extended by further dotted keys of the same section.
        case dotted
    }

    let depth: Int
    private var origin: Origin
    private var entries: [String: Entry] = [:]

    convenience init(depth: Int) { self.init(depth: depth, .header) }

    private init(depth: Int, _ origin: Origin) { (self.depth, self.origin) = (depth, origin) }

    var setting: Setting {
        .table(
            entries.mapValues { entry in
                switch entry {
                case .value(let value): value
                case .table(let table): table.setting
                case .elements(let tables): .list(tables.map(\.setting))
                }
            })
    }

    /// Sets a value; throws if the key exists.
    func enter(_ key: String, _ value: Setting, at cursor: TOMLCursor) throws(TOMLDocument.Fault) {
        guard entries[key] == nil else { throw cursor.fault("'\(key)' is set twice") }
        entries[key] = .value(value)
    }

    /// The table of all but the last part of a dotted key; created if it does not exist.
    func dotted(_ path: ArraySlice<String>, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        var place = self
        for key in path {
            switch place.entries[key] {
            case nil: place = try place.add(key, .dotted, at: cursor)
            case .table(let table) where table.origin == .dotted: place = table
            default: throw cursor.fault("'\(key)' is already set and cannot be extended here")
            }
        }
        return place
    }

    /// The parent table of a section; for an array of tables, its newest element.
    func section(_ path: ArraySlice<String>, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        var place = self
        for key in path {
            switch place.entries[key] {
            case nil: place = try place.add(key, .implied, at: cursor)
            case .table(let table): place = table
            case .elements(let tables): place = tables[tables.count - 1]
            case .value: throw cursor.fault("'\(key)' is a value, not a section")
            }
        }
        return place
    }

    /// Defines the section `[… key]`.
    func define(_ key: String, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        switch entries[key] {
        case nil: return try add(key, .header, at: cursor)
        case .table(let table) where table.origin == .implied:
            table.origin = .header
            return table
        default: throw cursor.fault("'\(key)' is set twice")
        }
    }

    /// Appends a table to the array `[[… key]]`.
    func element(_ key: String, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        var tables: [TOMLTable]
        switch entries[key] {
        case nil: tables = []
        case .elements(let known): tables = known
        default: throw cursor.fault("'\(key)' is already set and is not an array of sections")
        }
        // Removes the array from the dictionary while appending, to avoid copying it each time.
        entries[key] = nil
        let table = TOMLTable(depth: try cursor.deeper(than: depth + 1), .header)
        tables.append(table)
        entries[key] = .elements(tables)
        return table
    }

    private func add(_ key: String, _ origin: Origin, at cursor: TOMLCursor) throws(TOMLDocument.Fault)
        -> TOMLTable
    {
        let table = TOMLTable(depth: try cursor.deeper(than: depth), origin)
        entries[key] = .table(table)
        return table
    }
}
