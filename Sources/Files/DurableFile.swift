import Foundation

/// A file that is written under a temporary name beside its target, synced, and renamed over it: after any interruption the
/// target is the old file or the new one, and once `commit` returns it is the new one, also after a power failure.
///
/// A handle that is dropped before `commit` removes the temporary file. Used by one thread at a time.
package final class DurableFile {
    package let target: URL
    /// Where the bytes are meanwhile, for libraries that write to a path of their own accord.
    package let temporary: URL
    private var descriptor: Int32

    /// Creates the temporary file, empty.
    ///
    /// - Parameter permissions: of the new file, from its first byte on.
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

    /// Brings the content to the disk and gives it the target's name.
    ///
    /// - Parameter syncs: false where many files are written that count only once `FileSystem.sync(all:)` has brought them
    ///   to the disk together.
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

    /// Removes what was written so far; the old file stays. Does nothing after `commit`.
    package func discard() {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
        unlink(temporary.path)
    }

    /// Writes a whole file, or leaves the old one.
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

    /// Finds out whether a target could be written, without touching it.
    package static func requireWritable(_ target: URL) throws(FileError) {
        try DurableFile(replacing: target).discard()
    }
}
