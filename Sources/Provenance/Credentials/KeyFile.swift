import Foundation

/// A file with a private key: who may read it, and what is in it.
///
/// Who reads a key signs in its owner's name. A key of this installation that others could read is tightened, which is said;
/// a user's own key is refused, since its permissions are the user's to decide.
enum KeyFile {
    /// Larger files are no keys or certificates; 1 MiB.
    private static let largest = 1 << 20

    /// Refuses a user's key that group or others can read or write.
    ///
    /// - Throws: `ProvenanceError` `certificate`.
    static func requirePrivate(_ file: URL) throws {
        guard let mode = mode(file), mode & 0o077 != 0 else { return }
        throw ProvenanceError(
            .certificate,
            "\(file.path) can be read or written by others (mode \(String(mode, radix: 8))), who could sign with it: chmod 600 "
                + "\(file.path); if they may have read it, get a new key")
    }

    /// Takes a file or folder of this installation's keys from group and others.
    ///
    /// - Parameter allowed: permissions that it may have, such as 0o600.
    /// - Returns: what was done, as a sentence for the user; nil where nothing had to be.
    /// - Throws: `ProvenanceError` `certificate` where that cannot be done.
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

    /// The text of a file with keys or certificates.
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
                    "\(file.path) is no text in PEM; convert it by openssl, or name another file")
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
