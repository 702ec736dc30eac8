import Crypto
import Foundation

/// SHA-256 in the form used in records: 64 lowercase hexadecimal digits.
package enum Digest {
    /// The previous hash of the first line.
    static let none = String(repeating: "0", count: 64)

    package static func sha256(_ data: some DataProtocol) -> String { text(SHA256.hash(data: data)) }

    /// The hash of a file, read in chunks.
    ///
    /// - Throws: `ProvenanceError` `unreadable`.
    package static func sha256(of file: URL) throws -> String {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var hash = SHA256()
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
            return text(hash.finalize())
        } catch {
            throw ProvenanceError(
                .unreadable, "\(file.path) cannot be read; check the path and its permissions", cause: error)
        }
    }

    private static func text(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
