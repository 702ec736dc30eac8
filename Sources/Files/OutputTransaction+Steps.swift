import Foundation

extension OutputTransaction {
    /// Says what is to be made: steps and parts of the same order stay, those of another are removed. One of another order
    /// that is recorded gets its name first, so that its record is true.
    ///
    /// - Parameter order: what decides how the output looks; nil for one that is made from the start each time.
    /// - Throws: `FileError` `locked` where another run makes its share by another order.
    package func begin(_ order: (any Encodable)?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let data = try order.map { try encoder.encode($0) }
        try lock.entering { requireAlone in
            if let data, (try? Data(contentsOf: orderFile)) == data { return }
            try requireAlone()
            if let step, step >= .recorded {
                let record = value(of: .recorded, as: String.self)
                if step == .recorded { try publish() }
                if let record { try supersedes(record) }
            }
            // The order first: without it nothing else counts.
            try FileSystem.remove(orderFile)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where !OutputLock.isLock(name) {
                try FileManager.default.removeItem(at: folder.appending(path: name))
            }
            if let data { try DurableFile.write(data, to: orderFile) }
        }
    }

    /// The last finished step; nil before the first.
    package var step: Step? {
        if let record = header(.recorded) {
            if isThere(record) { return .recorded }
            if isThere(record, at: output) { return .published }
        }
        return [Step.signed, .made].first { step in header(step).map { isThere($0) } ?? false }
    }

    /// Forgets that a step and those behind it are finished.
    package func redo(_ step: Step) throws(FileError) {
        for later in Step.allCases.reversed() where later >= step { try FileSystem.remove(record(later)) }
    }

    /// Marks a step as finished, with what later runs need to know of it.
    ///
    /// - Parameter file: what it made, `made` or `signed`: is brought to the disk first.
    package func finish(_ step: Step, _ value: some Codable, file: URL) throws {
        try FileSystem.isFolder(file) ? FileSystem.sync(folder: file) : FileSystem.sync(file)
        let record = Record(file: file.lastPathComponent, size: Self.size(of: file), value: value)
        try DurableFile.write(JSONEncoder().encode(record), to: self.record(step))
    }

    /// What a finished step left; nil for one that is not finished.
    package func value<Value: Codable>(of step: Step, as type: Value.Type = Value.self) -> Value? {
        guard let last = self.step, step <= last, let data = try? Data(contentsOf: record(step)) else {
            return nil
        }
        return try? JSONDecoder().decode(Record<Value>.self, from: data).value
    }

    /// The file of the last finished step.
    package var file: URL? {
        guard let step, step != .published else { return nil }
        return header(step).map { folder.appending(path: $0.file) }
    }
}

extension OutputTransaction {
    private struct Record<Value: Codable>: Codable {
        let file: String
        let size: Int64
        let value: Value
    }

    private struct Header: Decodable {
        let file: String
        let size: Int64
    }

    private func header(_ step: Step) -> Header? {
        guard let data = try? Data(contentsOf: record(step)) else { return nil }
        return try? JSONDecoder().decode(Header.self, from: data)
    }

    private func isThere(_ header: Header, at place: URL? = nil) -> Bool {
        guard [made, signed].map(\.lastPathComponent).contains(header.file) else { return false }
        return Self.size(of: place ?? folder.appending(path: header.file)) == header.size
    }

    /// Bytes of a file, names in a folder; -1 where there is none.
    private static func size(of file: URL) -> Int64 {
        if FileSystem.isFolder(file) {
            return Int64((try? FileManager.default.contentsOfDirectory(atPath: file.path))?.count ?? -1)
        }
        return FileIdentity(file)?.size ?? -1
    }
}
