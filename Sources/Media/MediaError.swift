import CFFmpeg
import Files
import Foundation

/// A failure to read or write video, audio or a picture.
package struct MediaError: CausedError {
    package enum Code: String, Sendable {
        /// There is no such file.
        case missing
        /// The file is there, but is not a video or picture, or is damaged beyond reading.
        case unreadable
        /// The file's data ends before its end.
        case truncated
        /// The file is sound, but is in a format that this machine's FFmpeg cannot decode.
        case unsupportedCodec
        /// The combination of codec, container and picture format that was asked for cannot be written.
        case unsupportedOutput
        /// A region or a size that does not fit the frame: a mistake of the caller.
        case badRegion
        /// Everything else that FFmpeg reports.
        case failed
    }

    package let code: Code
    /// What went wrong, naming the file, and what the user can do about it.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the user's input is at fault rather than the machine.
    package var isBadInput: Bool {
        switch code {
        case .missing, .unreadable, .truncated, .unsupportedCodec, .unsupportedOutput: true
        case .badRegion, .failed: false
        }
    }
}

/// What an FFmpeg function returned, with the last line that it logged meanwhile.
struct FFmpegError: MemoryShortage, CustomStringConvertible {
    let status: Int32
    var log: String?
    /// Whether memory has really run out. FFmpeg also reports that where a damaged file asks for a size that is impossible.
    let isMemoryShortage: Bool

    init(status: Int32, log: String? = nil) {
        (self.status, self.log) = (status, log)
        isMemoryShortage = status == CFFmpegNoMemory && !Self.hasMemory
    }

    /// Whether memory for a picture of usual size can still be had.
    private static var hasMemory: Bool {
        guard let memory = malloc(64 << 20) else { return false }
        free(memory)
        return true
    }

    /// FFmpeg's own text for the status, such as "Invalid data found when processing input".
    var text: String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard av_strerror(status, &buffer, buffer.count) == 0 else { return "error \(status)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var description: String {
        if isMemoryShortage { return OutOfMemoryError().description }
        return log.map { "\(text): \($0)" } ?? text
    }
}

/// Passes on a status that is no error; throws `FFmpegError` otherwise.
@discardableResult
func check(_ status: Int32) throws -> Int32 {
    guard status >= 0 else { throw FFmpegError(status: status, log: nil) }
    return status
}

/// Passes on what FFmpeg allocated; throws "Cannot allocate memory" for nothing.
func allocated<T>(_ pointer: T?) throws -> T {
    guard let pointer else { throw FFmpegError(status: CFFmpegNoMemory, log: nil) }
    return pointer
}
