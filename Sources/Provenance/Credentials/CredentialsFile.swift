import CContentCredentials
import Foundation

/// A file as a libc2pa stream.
final class CredentialsFile {
    enum Mode: String {
        case reading = "rb"
        /// Creates or truncates the file.
        case writing = "w+b"
    }

    let stream: OpaquePointer
    private let url: URL
    private let library: CredentialsLibrary
    private let file: UnsafeMutableRawPointer
    private var isOpen = true

    init(_ url: URL, _ mode: Mode, library: CredentialsLibrary) throws {
        (self.url, self.library) = (url, library)
        var file: UnsafeMutableRawPointer?
        guard let stream = credentials_file(library.functions, url.path, mode.rawValue, &file), let file
        else {
            let reason = String(cString: strerror(errno))
            throw ProvenanceError(
                mode == .reading ? .unreadable : .unwritable,
                "\(url.path) cannot be \(mode == .reading ? "read" : "written") (\(reason)); check path and permissions"
            )
        }
        (self.stream, self.file) = (stream, file)
    }

    /// - Throws: `ProvenanceError` (`unwritable`) if buffered data could not be written.
    func close() throws {
        isOpen = false
        let status = credentials_file_close(library.functions, stream, file)
        guard status == 0 else {
            throw ProvenanceError(
                .unwritable,
                "\(url.path) cannot be written (\(String(cString: strerror(status)))); free space and run again"
            )
        }
    }

    deinit { if isOpen { _ = credentials_file_close(library.functions, stream, file) } }
}
