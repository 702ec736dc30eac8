import Files
import Foundation

/// Identifies a file without reading all of it: its size and a hash of its first and last 256 KB. For a folder of pictures,
/// a hash of the names and sizes of its files.
package struct Fingerprint: Sendable, Codable, Hashable {
    package var size: Int64
    /// FNV-1a, 64 bits, hexadecimal. Not cryptographic.
    package var hash: String

    private static let ends = 256 << 10

    package init(size: Int64, hash: String) {
        self.size = size
        self.hash = hash
    }

    package init(of file: URL) throws {
        var hash = FNV1a()
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            let end = try handle.seekToEnd()
            try handle.seek(toOffset: 0)
            hash.add(try handle.read(upToCount: Self.ends) ?? Data())
            try handle.seek(toOffset: end > UInt64(Self.ends) ? end - UInt64(Self.ends) : 0)
            hash.add(try handle.read(upToCount: Self.ends) ?? Data())
            self.init(size: Int64(end), hash: String(hash.value, radix: 16))
        } catch {
            throw WorkspaceError(.notFound, "\(file.path) cannot be read", cause: error)
        }
    }

    /// Fingerprint of several files, such as the pictures of a folder, by their names and sizes.
    package init(ofFolderWith files: [URL]) throws {
        var hash = FNV1a()
        var total: Int64 = 0
        for file in files {
            let size = try Int64(file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
            hash.add(Data("\(file.lastPathComponent)\u{0}\(size)\u{0}".utf8))
            total += size
        }
        self.init(size: total, hash: String(hash.value, radix: 16))
    }
}
