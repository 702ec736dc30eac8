/// A table while its document is read: it knows how it came to be, since TOML allows no table to be defined twice.
final class TOMLTable {
    private enum Entry {
        case value(Setting)
        case table(TOMLTable)
        /// `[[name]]`, at least one.
        case elements([TOMLTable])
    }

    private enum Origin {
        /// Named on the way to another section: may still be defined.
        case implied
        case header
        /// By dotted keys: further dotted keys of the same section may add to it.
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

    /// Enters a value under a key that must be free.
    func enter(_ key: String, _ value: Setting, at cursor: TOMLCursor) throws(TOMLDocument.Fault) {
        guard entries[key] == nil else { throw cursor.fault("'\(key)' is set twice") }
        entries[key] = .value(value)
    }

    /// The table that the parts of a dotted key before its last lead to; created where it does not exist.
    func dotted(_ path: ArraySlice<String>, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        var place = self
        for key in path {
            switch place.entries[key] {
            case nil: place = try place.add(key, .dotted, at: cursor)
            case .table(let table) where table.origin == .dotted: place = table
            default: throw cursor.fault("'\(key)' is set already and cannot be added to here")
            }
        }
        return place
    }

    /// The table in which a section's last name is defined; of an array of tables the newest.
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

    /// The section `[… key]`.
    func define(_ key: String, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        switch entries[key] {
        case nil: return try add(key, .header, at: cursor)
        case .table(let table) where table.origin == .implied:
            table.origin = .header
            return table
        default: throw cursor.fault("'\(key)' is set twice")
        }
    }

    /// A further table of the array `[[… key]]`.
    func element(_ key: String, at cursor: TOMLCursor) throws(TOMLDocument.Fault) -> TOMLTable {
        var tables: [TOMLTable]
        switch entries[key] {
        case nil: tables = []
        case .elements(let known): tables = known
        default: throw cursor.fault("'\(key)' is set already and is no array of sections")
        }
        // The array lets go of its tables while it grows: otherwise each further one would copy it.
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
