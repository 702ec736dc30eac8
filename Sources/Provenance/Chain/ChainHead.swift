import Foundation

/// How far a hash chain goes.
struct ChainHead: Codable {
    let lines: Int
    let sha256: String

    init(lines: Int, sha256: String) { (self.lines, self.sha256) = (lines, sha256) }

    /// Nil where there is none that can be read.
    init?(reading file: URL) {
        guard let data = try? Data(contentsOf: file), data.count < 4096,
            let head = try? RecordCoding.decode(ChainHead.self, data)
        else { return nil }
        self = head
    }

    func write(to file: URL) throws {
        do {
            try (RecordCoding.encode(self) + Data("\n".utf8)).write(to: file, options: .atomic)
        } catch {
            throw ProvenanceError(
                .unwritable, "\(file.path) cannot be written; check the folder and its permissions",
                cause: error)
        }
    }
}
