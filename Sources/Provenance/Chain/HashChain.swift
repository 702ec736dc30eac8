import Foundation

/// An append-only file of records: JSON lines, each with the SHA-256 of the previous line.
///
/// `NAME.head` beside `NAME.jsonl` stores the number of lines and the last line's hash, so that truncation and foreign lines
/// are detected as well as modified ones. Before a line is written, its hash is stored in the head, which distinguishes a line
/// left by a killed process from a foreign one. An attacker who can write both files can forge another history; outputs signed
/// or published in the meantime contain hashes of the true one.
package struct HashChain<Record: Codable & Sendable>: Sendable {
    package let file: URL
    private let headFile: URL

    /// A record with its position and hash.
    package struct Link: Sendable {
        /// Counted from 1.
        package let number: Int
        package let record: Record
        /// SHA-256 of the whole line.
        package let hash: String
    }

    /// The encoded form of a line.
    private struct Line: Codable {
        let number: Int
        let previous: String
        let record: Record
    }

    /// - Parameter name: the file's name without extension.
    package init(folder: URL, name: String) {
        file = folder.appending(path: "\(name).jsonl")
        headFile = folder.appending(path: "\(name).head")
    }

    /// All records, verified.
    ///
    /// - Throws: `ProvenanceError` `tampered`, naming the line, `unreadable`.
    package func links() throws -> [Link] {
        guard FileManager.default.fileExists(atPath: file.path) else {
            guard !FileManager.default.fileExists(atPath: headFile.path) else {
                throw tampered("is missing, though \(headFile.lastPathComponent) lists records")
            }
            return []
        }
        return try ChainFile(file).reading { try check($0.lines()) }
    }

    /// Verifies the chain, appends a record and syncs the file.
    ///
    /// - Throws: `ProvenanceError` as `links()`, and `unwritable`.
    @discardableResult
    package func append(_ record: Record) throws -> Link {
        try ChainFile(file).writing { open in
            let links = try check(open.lines())
            let line = Line(
                number: links.count + 1, previous: links.last?.hash ?? Digest.none, record: record)
            let data = try RecordCoding.encode(line)
            let link = Link(number: line.number, record: record, hash: Digest.sha256(data))
            try ChainHead(lines: links.count, sha256: line.previous, next: link.hash).write(to: headFile)
            try open.append(data)
            try ChainHead(lines: link.number, sha256: link.hash).write(to: headFile)
            return link
        }
    }
}

extension HashChain {
    private func check(_ lines: [Data]) throws -> [Link] {
        var links: [Link] = []
        for data in lines {
            let number = links.count + 1
            guard let line = try? RecordCoding.decode(Line.self, data) else {
                throw tampered("line \(number) is not a record of this program")
            }
            guard line.number == number else {
                throw tampered("line \(number) is missing: line \(line.number) is in its place")
            }
            guard line.previous == links.last?.hash ?? Digest.none else {
                throw tampered(
                    number == 1
                        ? "line 1 is not the first that was written"
                        : "line \(number - 1) was changed after it was written")
            }
            links.append(Link(number: number, record: line.record, hash: Digest.sha256(data)))
        }
        try check(links, against: ChainHead(reading: headFile))
        return links
    }

    /// A process killed between writing line and head leaves one more line than the head counts: the one announced in it.
    private func check(_ links: [Link], against head: ChainHead?) throws {
        guard let head else {
            guard links.isEmpty else {
                throw tampered("\(headFile.lastPathComponent), which records its length, is missing")
            }
            return
        }
        guard links.count >= head.lines else {
            let (first, last) = (links.count + 1, head.lines)
            throw tampered(
                first == last ? "line \(last) is missing" : "lines \(first) to \(last) are missing")
        }
        guard head.lines == 0 || links[head.lines - 1].hash == head.sha256 else {
            throw tampered("line \(head.lines) was changed after it was written")
        }
        let further = links[head.lines...]
        guard further.isEmpty || (further.count == 1 && further.first?.hash == head.next) else {
            throw tampered("line \(head.lines + 1) was not written by this program")
        }
    }

    private func tampered(_ what: String) -> ProvenanceError {
        ProvenanceError(
            .tampered, "\(file.path): \(what); the file is not used until it is restored from a copy")
    }
}
