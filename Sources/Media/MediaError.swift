import CFFmpeg
import Files
import Foundation

/// An error in reading or writing video, audio or a picture.
package struct MediaError: CausedError {
    package enum Code: String, Sendable {
        /// No such file.
        case missing
        /// Not a video or picture, or damaged beyond reading.
        case unreadable
        /// The file is truncated.
        case truncated
        /// Intact, but in a format that this FFmpeg cannot decode.
        case unsupportedCodec
        /// Unsupported combination of codec, container and pixel format.
        case unsupportedOutput
        /// Programming error: a region or size that does not fit the frame.
        case badRegion
        /// Any other FFmpeg error.
        case failed
    }

    package let code: Code
    /// What failed, with the file's name and a remedy.
    package let message: String
    package let cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the cause is the user's input rather than the machine.
    package var isBadInput: Bool {
        switch code {
        case .missing, .unreadable, .truncated, .unsupportedCodec, .unsupportedOutput: true
        case .badRegion, .failed: false
        }
    }
}

/// An FFmpeg error code, with the last line logged before it.
struct FFmpegError: MemoryShortage, CustomStringConvertible {
    let status: Int32
    var log: String?
    /// Whether memory was really exhausted. FFmpeg also reports ENOMEM for an impossible size in a damaged file.
    let isMemoryShortage: Bool

    init(status: Int32, log: String? = nil) {
        (self.status, self.log) = (status, log)
        isMemoryShortage = status == CFFmpegNoMemory && !Self.hasMemory
    }

    /// Whether memory for a picture of common size can be allocated.
    private static var hasMemory: Bool {
        guard let memory = malloc(64 << 20) else { return false }
        free(memory)
        return true
    }

    /// FFmpeg's message for the code, such as "Invalid data found when processing input".
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

/// Returns a non-negative status; throws `FFmpegError` otherwise.
@discardableResult
func check(_ status: Int32) throws -> Int32 {
    guard status >= 0 else { throw FFmpegError(status: status, log: nil) }
    return status
}

/// Returns an object allocated by FFmpeg; throws "Cannot allocate memory" for NULL.
func allocated<T>(_ pointer: T?) throws -> T {
    guard let pointer else { throw FFmpegError(status: CFFmpegNoMemory, log: nil) }
    return pointer
}
