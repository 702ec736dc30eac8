import Foundation

/// A lock on a file for as long as this value lives; the kernel releases it when the process ends, however it ends.
///
/// Where the file system has no `flock` (some network and FUSE file systems), a file beside it that names host and process
/// takes the lock's place: one that a dead process of this machine left is taken over, one of another machine is not.
package final class FileLock: Sendable {
    private let file: URL
    private let descriptor: Int32
    /// The file that stands in for `flock`; nil where that works.
    private let substitute: URL?

    /// - Parameters:
    ///   - file: is created where there is none, with those who may read it as `permissions` says.
    ///   - shared: others that share it, too, may hold it beside this process.
    ///   - what: what is locked, for the message, such as "the workspace /films/anna".
    /// - Throws: `FileError` `locked`, which names the process that holds it; `notWritable`.
    package init(
        _ file: URL, shared: Bool = false, permissions: mode_t = 0o644, on what: String
    ) throws(FileError) {
        self.file = file
        var (opened, number): (Int32, Int32) = (-1, 0)
        while true {
            (opened, number) = try Self.take(file, shared, permissions)
            // The process that had the lock may have removed its file: then no other process would see this lock.
            if number != 0 || Self.isName(file, of: opened) { break }
            close(opened)
        }
        descriptor = opened
        if number == 0 {
            substitute = nil
            // Of several that share it one that still runs is named.
            if !shared || Owner(reading: descriptor)?.isDead ?? true { Owner.this.write(to: descriptor) }
            return
        }
        if number == EWOULDBLOCK {
            let owner = Owner(reading: descriptor).flatMap { $0.isDead ? nil : $0 }
            close(descriptor)
            throw Self.held(what, owner)
        }
        // No locks on this file system.
        let other = file.appendingPathExtension("owner")
        do throws(FileError) {
            try Self.substitute(other, permissions, what)
        } catch {
            close(descriptor)
            throw error
        }
        substitute = other
    }

    /// Waits until the lock is free.
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

    /// Whether the locked file was removed or replaced since, as with its folder.
    package var isLost: Bool { !Self.isName(file, of: descriptor) }

    /// - Returns: the opened file, and 0 or the number of the error that kept it from being locked.
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

    /// Who holds a lock: `PROCESS@HOST`.
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
