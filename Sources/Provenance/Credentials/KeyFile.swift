import Foundation

/// A private key file: permissions and content.
///
/// Anyone who can read a key can sign in its owner's name. A key of this installation that others can read has its permissions
/// reduced, with a notice; a user's own key is rejected, since its permissions are the user's decision.
enum KeyFile {
    /// Maximum size of a key or certificate file: 1 MiB.
    private static let largest = 1 << 20

    /// Throws if a user's key is readable or writable by group or others.
    ///
    /// - Throws: `ProvenanceError` `certificate`.
    static func requirePrivate(_ file: URL) throws {
        guard let mode = mode(file), mode & 0o077 != 0 else { return }
        throw ProvenanceError(
            .certificate,
            "\(file.path) can be read or written by others (mode \(String(mode, radix: 8))), who could sign with it: chmod 600 "
                + "\(file.path); if they may have read it, get a new key")
    }

    /// Removes group and other permissions from a file or folder of this installation's keys.
    ///
    /// - Parameter allowed: the maximum permissions, such as 0o600.
    /// - Returns: a notice for the user; `nil` if nothing was changed.
    /// - Throws: `ProvenanceError` (`certificate` if the permissions cannot be changed).
    static func tighten(_ file: URL, to allowed: mode_t) throws -> String? {
        guard let mode = mode(file), mode & ~allowed & 0o077 != 0 else { return nil }
        guard chmod(file.path, mode & allowed) == 0 else {
            throw ProvenanceError(
                .certificate,
                "\(file.path) can be read or written by others (mode \(String(mode, radix: 8))), and its permissions cannot be "
                    + "changed (\(String(cString: strerror(errno)))): have its owner run chmod \(String(allowed, radix: 8)) "
                    + file.path)
        }
        return
            "\(file.path) could be read or written by others (mode \(String(mode, radix: 8))) and is now yours alone; if they "
            + "may have read it, remove \(file.deletingLastPathComponent().path), and the next output makes a new key"
    }

    /// The text of a key or certificate file.
    ///
    /// - Throws: `ProvenanceError` `unreadable`, `certificate`.
    static func text(of file: URL) throws -> String {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var data = Data()
            while data.count <= largest, let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty {
                data += piece
            }
            guard data.count <= largest, let text = String(data: data, encoding: .utf8) else {
                throw ProvenanceError(
                    .certificate,
                    "\(file.path) is not PEM text; convert it with openssl, or name another file")
            }
            return text
        } catch let error as ProvenanceError {
            throw error
        } catch {
            throw ProvenanceError(
                .unreadable, "\(file.path) cannot be read; check the path and its permissions", cause: error)
        }
    }

    private static func mode(_ file: URL) -> mode_t? {
        var information = stat()
        guard stat(file.path, &information) == 0 else { return nil }
        return information.st_mode & 0o7777
    }
}
