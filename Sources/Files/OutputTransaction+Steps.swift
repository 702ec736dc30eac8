import Foundation

extension OutputTransaction {
    /// Starts or resumes an output: steps and parts of the same order are kept, those of another order are removed. A recorded
    /// output of another order is published first, so that its ledger entry is true.
    ///
    /// - Parameter order: the inputs and settings that determine the output; `nil` for an output that is never resumed.
    /// - Throws: `FileError` (`locked` if another run produces its share with another order).
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
            // The order first: without it the other files are ignored.
            try FileSystem.remove(orderFile)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where !OutputLock.isLock(name) {
                try FileManager.default.removeItem(at: folder.appending(path: name))
            }
            if let data { try DurableFile.write(data, to: orderFile) }
        }
    }

    /// The last finished step; `nil` before the first.
    package var step: Step? {
        if let record = header(.recorded) {
            if isThere(record) { return .recorded }
            if isThere(record, at: output) { return .published }
        }
        return [Step.signed, .made].first { step in header(step).map { isThere($0) } ?? false }
    }

    /// Marks a step and all later ones as unfinished.
    package func redo(_ step: Step) throws(FileError) {
        for later in Step.allCases.reversed() where later >= step { try FileSystem.remove(record(later)) }
    }

    /// Marks a step as finished and stores its result for later runs.
    ///
    /// - Parameter file: the step's file, `made` or `signed`; synced first.
    package func finish(_ step: Step, _ value: some Codable, file: URL) throws {
        try FileSystem.isFolder(file) ? FileSystem.sync(folder: file) : FileSystem.sync(file)
        let record = Record(file: file.lastPathComponent, size: Self.size(of: file), value: value)
        try DurableFile.write(JSONEncoder().encode(record), to: self.record(step))
    }

    /// The stored result of a finished step; `nil` if the step is not finished.
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

    /// Size of a file in bytes or number of entries of a folder; -1 if it does not exist.
    private static func size(of file: URL) -> Int64 {
        if FileSystem.isFolder(file) {
            return Int64((try? FileManager.default.contentsOfDirectory(atPath: file.path))?.count ?? -1)
        }
        return FileIdentity(file)?.size ?? -1
    }
}
