import Foundation

/// A file written beside its final place, synced, and renamed over it: readers see the old or the new, never
/// half.
package final class AtomicFile {
    private let url: URL
    private let temporary: URL
    private var descriptor: Int32

    package init(replacing url: URL) throws {
        self.url = url
        temporary = url.deletingLastPathComponent().appending(
            path: ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp")
        descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("cannot be written") }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let count = Foundation.write(
                descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be written")
            }
            done += count
        }
    }

    /// Makes the content durable and puts it in its place.
    package func commit() throws {
        guard fsync(descriptor) == 0 else { throw failure("cannot be brought to the disk") }
        close(descriptor)
        descriptor = -1
        guard rename(temporary.path, url.path) == 0 else { throw failure("cannot be put in its place") }
        let folder = open(url.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Removes what was written so far; the old file stays.
    package func discard() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        unlink(temporary.path)
    }

    private func failure(_ what: String) -> SafetensorsError {
        let isFull = errno == ENOSPC || errno == EDQUOT
        let reason = String(cString: strerror(errno))
        let remedy = isFull ? "free space on that disk and run again" : "check the folder and its permissions"
        return SafetensorsError(
            isFull ? .diskFull : .unwritable, "\(url.path) \(what): \(reason); \(remedy)")
    }
}
