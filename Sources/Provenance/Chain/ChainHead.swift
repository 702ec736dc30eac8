import Files
import Foundation

/// The number of lines and the last hash of a hash chain.
struct ChainHead: Codable {
    let lines: Int
    let sha256: String
    /// SHA-256 of the line about to be written, which a killed process may have left.
    var next: String?

    init(lines: Int, sha256: String, next: String? = nil) {
        (self.lines, self.sha256, self.next) = (lines, sha256, next)
    }

    /// `nil` if the file is missing or unreadable.
    init?(reading file: URL) {
        guard let data = try? Data(contentsOf: file), data.count < 4096,
            let head = try? RecordCoding.decode(ChainHead.self, data), head.lines >= 0
        else { return nil }
        self = head
    }

    /// Replaces the head file atomically.
    func write(to file: URL) throws {
        try DurableFile.write(RecordCoding.encode(self) + Data("\n".utf8), to: file)
    }
}
