import CContentCredentials
import Foundation

/// libc2pa, loaded at run time.
package struct CredentialsLibrary: @unchecked Sendable {
    // Function pointers only, which are valid until the process ends.
    let functions: UnsafePointer<CredentialsFunctions>

    /// - Throws: `ProvenanceError` (`signing`) if the library is missing or of an unexpected version.
    package init(at file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw ProvenanceError(
                .signing, "libc2pa is not installed (\(file.path) is missing); Scripts/setup fetches it")
        }
        var text: UnsafeMutablePointer<CChar>?
        defer { free(text) }
        guard let opened = credentials_open(file.path, &text) else {
            throw ProvenanceError(
                .signing,
                "libc2pa cannot be used (\(text.map { String(cString: $0) } ?? file.path)); run Scripts/setup"
            )
        }
        functions = opened
    }

    /// Version string, such as `c2pa-rs/0.91.3`.
    package var version: String { text(functions.pointee.version()) ?? "unknown" }

    /// Converts a string of the library to Swift and frees it.
    func text(_ given: UnsafeMutablePointer<CChar>?) -> String? {
        guard let given else { return nil }
        defer { _ = functions.pointee.free(given) }
        return String(cString: given)
    }

    /// The library's last error on this thread.
    func failure(_ what: String) -> ProvenanceError {
        let words = text(functions.pointee.error()) ?? ""
        return ProvenanceError(.signing, words.isEmpty ? what : "\(what): \(words)")
    }

    /// Returns the library's result, or throws its last error.
    func checked<Object>(_ object: Object?, _ what: String) throws -> Object {
        guard let object else { throw failure(what) }
        return object
    }

    func checked(_ status: some BinaryInteger, _ what: String) throws {
        guard status >= 0 else { throw failure(what) }
    }
}

typealias CredentialsFunctions = CContentCredentials.CredentialsLibrary
