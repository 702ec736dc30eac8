import Foundation

/// Atomic, durable file replacement: writes to a temporary file beside the target, syncs it and renames it. After any
/// interruption the target is the old or the new file; after `commit` returns it is the new one, even after a power failure.
///
/// Deinitialisation before `commit` removes the temporary file. Not thread-safe.
package final class DurableFile {
    package let target: URL
    /// Path of the temporary file, for libraries that write to a path.
    package let temporary: URL
    private var descriptor: Int32

    /// Creates an empty temporary file.
    ///
    /// - Parameter permissions: the new file's mode, applied at creation.
    /// - Throws: `FileError` `notWritable`, `diskFull`.
    package init(replacing target: URL, permissions: mode_t = 0o644) throws(FileError) {
        self.target = target
        temporary = TemporaryName.make(for: target)
        guard !FileSystem.isFolder(target) else { throw .writing(target, EISDIR) }
        descriptor = open(temporary.path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw .writing(target) }
    }

    deinit { discard() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var done = 0
        while done < bytes.count {
            let count = Foundation.write(
                descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .writing(target, count == 0 ? ENOSPC : errno) }
            done += count
        }
    }

    /// Syncs the content and renames the file to the target.
    ///
    /// - Parameter syncs: pass `false` for files that are synced together with `FileSystem.sync(all:)`.
    package func commit(syncs: Bool = true) throws(FileError) {
        if syncs {
            guard fsync(descriptor) == 0 || errno == EINVAL else { throw .writing(target) }
            try FileSystem.rename(temporary, to: target)
        } else {
            guard rename(temporary.path, target.path) == 0 else { throw .writing(target) }
        }
        close(descriptor)
        descriptor = -1
    }

    /// Removes the temporary file and keeps the old target. No effect after `commit`.
    package func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(temporary.path)
    }

    /// Writes a whole file atomically.
    package static func write(
        _ data: some ContiguousBytes, to target: URL, permissions: mode_t = 0o644, syncs: Bool = true
    ) throws(FileError) {
        let file = try DurableFile(replacing: target, permissions: permissions)
        var failure: FileError?
        data.withUnsafeBytes { bytes in
            do throws(FileError) { try file.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.commit(syncs: syncs)
    }

    /// Checks that a target is writable, without modifying it.
    package static func requireWritable(_ target: URL) throws(FileError) {
        try DurableFile(replacing: target).discard()
    }
}
