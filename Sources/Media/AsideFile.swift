import Foundation

/// A file that is written under a temporary name beside its target and takes the target's place only when it
/// is whole.
package struct AsideFile {
    let target: URL
    let temporary: URL

    package init(_ target: URL) {
        self.target = target
        temporary = target.deletingLastPathComponent().appendingPathComponent(
            ".\(target.lastPathComponent).partial")
    }

    /// Creates the temporary file, empty, in order to find out early whether that is allowed.
    func create() throws {
        try requirePlace()
        try create(temporary)
    }

    /// Finds out whether the target could be written, without touching what another process may be writing.
    package func requireWritable() throws {
        try requirePlace()
        let trial = temporary.appendingPathExtension("\(getpid())")
        try create(trial)
        unlink(trial.path)
    }

    private func create(_ url: URL) throws {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw error(errno) }
        close(descriptor)
    }

    private func requirePlace() throws {
        let folder = target.deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw MediaError(
                .notWritable,
                "\(target.path) cannot be written: the folder \(folder) does not exist; create it first")
        }
        guard isFolder.boolValue else {
            throw MediaError(
                .notWritable, "\(target.path) cannot be written: \(folder) is not a folder; choose another")
        }
        guard
            !FileManager.default.fileExists(atPath: target.path, isDirectory: &isFolder)
                || !isFolder.boolValue
        else {
            throw MediaError(.notWritable, "\(target.path) is a folder; choose another name for the output")
        }
    }

    /// Makes sure that the bytes are on the disk, then puts the file in its place.
    func commit() throws {
        let descriptor = open(temporary.path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw error(errno) }
        let status = fsync(descriptor)
        let problem = errno
        close(descriptor)
        guard status == 0 else { throw error(problem) }
        guard rename(temporary.path, target.path) == 0 else { throw error(errno) }
    }

    func discard() { unlink(temporary.path) }

    /// A system error as a message that says what to do.
    package func error(_ number: Int32) -> MediaError {
        let cause = POSIXError(POSIXErrorCode(rawValue: number) ?? .EIO)
        let folder = target.deletingLastPathComponent().path
        return switch number {
        case ENOSPC, EDQUOT:
            MediaError(
                .diskFull,
                "\(target.path) cannot be written: the disk is full; free some space and run again",
                cause: cause)
        case EACCES, EPERM, EROFS:
            MediaError(
                .notWritable,
                "\(target.path) cannot be written: the folder \(folder) is read-only; "
                    + "choose another output or change its permissions", cause: cause)
        default:
            MediaError(
                .notWritable, "\(target.path) cannot be written; choose another output or check the disk",
                cause: cause)
        }
    }

    /// Writes a whole file, or none.
    package static func write(_ bytes: [UInt8], to url: URL) throws {
        let file = AsideFile(url)
        try file.create()
        do {
            let descriptor = open(file.temporary.path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw file.error(errno) }
            defer { close(descriptor) }
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Foundation.write(
                        descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw file.error(count < 0 ? errno : ENOSPC) }
                written += count
            }
            guard rename(file.temporary.path, url.path) == 0 else { throw file.error(errno) }
        } catch {
            file.discard()
            throw error
        }
    }
}
