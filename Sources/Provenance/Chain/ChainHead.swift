import Files
import Foundation

/// How far a hash chain goes.
struct ChainHead: Codable {
    let lines: Int
    let sha256: String
    /// SHA-256 of a line that is about to be written: what a process that was killed over it may have left.
    var next: String?

    init(lines: Int, sha256: String, next: String? = nil) {
        (self.lines, self.sha256, self.next) = (lines, sha256, next)
    }

    /// Nil where there is none that can be read.
    init?(reading file: URL) {
        guard let data = try? Data(contentsOf: file), data.count < 4096,
            let head = try? RecordCoding.decode(ChainHead.self, data), head.lines >= 0
        else { return nil }
        self = head
    }

    /// Replaces the head on the disk, whole.
    func write(to file: URL) throws {
        try DurableFile.write(RecordCoding.encode(self) + Data("\n".utf8), to: file)
    }
}
