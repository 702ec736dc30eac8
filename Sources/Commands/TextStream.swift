import Foundation
import Synchronization

/// Standard output, standard error or a log file, with error handling.
///
/// Text that cannot be written is dropped and the command continues. The first failure is kept, so that it
/// can be reported once on another stream. Each call writes its bytes in one piece, on any thread.
final class TextStream: Sendable {
    /// The stream's name in messages, such as "standard output".
    let name: String
    private let descriptor: Int32
    private let closesDescriptor: Bool
    private let state = Mutex(State())

    private struct State {
        /// `errno` of the first write that failed.
        var failure: Int32?
        var isReported = false
        /// Whether writing is no longer possible, such as after the reader of a pipe has closed it.
        var isClosed = false
        /// Whether a failed write left an incomplete line.
        var hasBrokenLine = false
    }

    init(_ descriptor: Int32, name: String, closesDescriptor: Bool = false) {
        (self.descriptor, self.name, self.closesDescriptor) = (descriptor, name, closesDescriptor)
    }

    deinit { if closesDescriptor { close(descriptor) } }

    /// `errno` of the first write that failed; `nil` if none did.
    var failure: Int32? { state.withLock { $0.failure } }

    /// The first failure, returned once; `nil` afterwards and if there is none.
    func unreportedFailure() -> Int32? {
        state.withLock { state in
            guard !state.isReported, let failure = state.failure else { return nil }
            state.isReported = true
            return failure
        }
    }

    func write(_ text: String) { write(Data(text.utf8)) }

    func write(_ data: Data) {
        state.withLock { state in
            guard !state.isClosed else { return }
            // A line truncated by a full disk must not be joined with the next one.
            let bytes = state.hasBrokenLine ? Data("\n".utf8) + data : data
            let (written, error) = Self.write(bytes, to: descriptor)
            guard let error else {
                state.hasBrokenLine = false
                return
            }
            if written > 0 {
                state.hasBrokenLine = bytes[bytes.startIndex + written - 1] != UInt8(ascii: "\n")
            }
            state.failure = state.failure ?? error
            state.isClosed = [EPIPE, EBADF, EIO].contains(error)
        }
    }

    /// - Returns: the bytes that were written and, if these are not all, `errno`.
    private static func write(_ data: Data, to descriptor: Int32) -> (written: Int, error: Int32?) {
        data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(
                    descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count > 0 {
                    done += count
                } else if count == 0 {
                    return (done, ENOSPC)
                } else if errno == EAGAIN {
                    // A descriptor that another program set to non-blocking.
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return (done, errno)
                }
            }
            return (done, nil)
        }
    }
}

extension TextStream {
    /// Makes writing safe for the whole process: a closed pipe and a file-size limit cause errors instead of
    /// ending the process, and a file that is opened later never gets the descriptor of a standard stream
    /// that was closed at the start.
    static func prepareProcess() {
        signal(SIGPIPE, SIG_IGN)
        // Beyond `ulimit -f` writing fails with EFBIG instead.
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // Read-only: writing to it still fails. `open` takes the lowest free number, which is this one.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
