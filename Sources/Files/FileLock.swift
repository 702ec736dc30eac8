import Foundation

/// An advisory lock on a file for this object's lifetime; the kernel releases it when the process ends.
///
/// On file systems without `flock` (some network and FUSE file systems), an owner file with host and process replaces the
/// lock: a stale one of a dead process on this machine is taken over, one of another machine is not.
package final class FileLock: Sendable {
    private let file: URL
    private let descriptor: Int32
    /// The owner file that replaces `flock`; `nil` if `flock` works.
    private let substitute: URL?

    /// - Parameters:
    ///   - file: created with `permissions` if it does not exist.
    ///   - shared: whether other processes may hold the lock in shared mode at the same time.
    ///   - what: the locked resource for the message, such as "the workspace /films/anna".
    /// - Throws: `FileError` (`locked` with the process that holds the lock, `notWritable`).
    package init(
        _ file: URL, shared: Bool = false, permissions: mode_t = 0o644, on what: String
    ) throws(FileError) {
        self.file = file
        var (opened, number): (Int32, Int32) = (-1, 0)
        while true {
            (opened, number) = try Self.take(file, shared, permissions)
            // The previous holder may have removed the file; then other processes would not see this lock.
            if number != 0 || Self.isName(file, of: opened) { break }
            close(opened)
        }
        descriptor = opened
        if number == 0 {
            substitute = nil
            // Of several shared holders, the message names one that is still running.
            if !shared || Owner(reading: descriptor)?.isDead ?? true { Owner.this.write(to: descriptor) }
            return
        }
        if number == EWOULDBLOCK {
            let owner = Owner(reading: descriptor).flatMap { $0.isDead ? nil : $0 }
            close(descriptor)
            throw Self.held(what, owner)
        }
        // The file system does not support locks.
        let other = file.appendingPathExtension("owner")
        do throws(FileError) {
            try Self.substitute(other, permissions, what)
        } catch {
            close(descriptor)
            throw error
        }
        substitute = other
    }

    /// Blocks until the lock is available.
    package static func waiting(
        _ file: URL, shared: Bool = false, permissions: mode_t = 0o644, on what: String,
        every interval: Duration = .milliseconds(20)
    ) throws -> FileLock {
        while true {
            do throws(FileError) {
                return try FileLock(file, shared: shared, permissions: permissions, on: what)
            } catch {
                guard error.code == .locked else { throw error }
                try Task.checkCancellation()
                Thread.sleep(forTimeInterval: interval / .seconds(1))
            }
        }
    }

    deinit {
        if let substitute { unlink(substitute.path) }
        close(descriptor)
    }

    /// Whether the locked file was removed or replaced in the meantime, for instance with its folder.
    package var isLost: Bool { !Self.isName(file, of: descriptor) }

    /// - Returns: the open file, and 0 or the `errno` of the failed lock.
    private static func take(
        _ file: URL, _ shared: Bool, _ permissions: mode_t
    ) throws(FileError) -> (descriptor: Int32, number: Int32) {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw .writing(file) }
        var status: Int32
        repeat {
            status = flock(descriptor, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB)
        } while status != 0
            && errno == EINTR
        return (descriptor, status == 0 ? 0 : errno)
    }

    private static func isName(_ file: URL, of descriptor: Int32) -> Bool {
        var (named, opened) = (stat(), stat())
        return stat(file.path, &named) == 0 && fstat(descriptor, &opened) == 0
            && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
    }

    private static func substitute(_ file: URL, _ permissions: mode_t, _ what: String) throws(FileError) {
        for _ in 0..<3 {
            let made = open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
            if made >= 0 {
                Owner.this.write(to: made)
                close(made)
                return
            }
            guard errno == EEXIST else { throw .writing(file) }
            let there = open(file.path, O_RDONLY | O_CLOEXEC)
            guard there >= 0 else { continue }
            let owner = Owner(reading: there)
            close(there)
            guard let owner, owner.isDead else {
                throw FileError(
                    .locked,
                    "\(held(what, owner).message); if that process has ended, remove \(file.path)")
            }
            unlink(file.path)
        }
        throw held(what, nil)
    }

    private static func held(_ what: String, _ owner: Owner?) -> FileError {
        FileError(
            .locked,
            "another dimorph\(owner.map { " (\($0.text))" } ?? "") works on \(what); wait for it or stop it")
    }

    /// The holder of a lock: `PROCESS@HOST`.
    private struct Owner {
        let process: pid_t
        let host: String

        static var this: Owner { Owner(process: getpid(), host: TemporaryName.host) }

        private init(process: pid_t, host: String) { (self.process, self.host) = (process, host) }

        init?(reading descriptor: Int32) {
            var buffer = [UInt8](repeating: 0, count: 128)
            let count = pread(descriptor, &buffer, buffer.count, 0)
            let parts = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
                .split(separator: "@", maxSplits: 1)
            guard let first = parts.first, let process = pid_t(first) else { return nil }
            (self.process, host) = (process, parts.count > 1 ? String(parts[1]) : TemporaryName.host)
        }

        var text: String {
            host == TemporaryName.host ? "process \(process)" : "process \(process) on \(host)"
        }

        var isDead: Bool { host == TemporaryName.host && kill(process, 0) != 0 && errno == ESRCH }

        func write(to descriptor: Int32) {
            let bytes = Array("\(process)@\(host)".utf8)
            ftruncate(descriptor, 0)
            _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        }
    }
}
