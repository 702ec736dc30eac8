import Crypto
import Foundation

/// SHA-256 as records spell it: 64 hexadecimal digits in lower case.
package enum Digest {
    /// What stands for the hash of the line before the first.
    static let none = String(repeating: "0", count: 64)

    package static func sha256(_ data: some DataProtocol) -> String { text(SHA256.hash(data: data)) }

    /// Of a file, read in pieces.
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
