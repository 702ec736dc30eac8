import CFFmpeg
import Foundation
import Synchronization

/// Suppresses FFmpeg's log on standard error and adds its last error line to the errors of `capturing`.
///
/// Process-wide, because FFmpeg's log callback is global.
enum FFmpegLog {
    /// The last error line per thread inside `capturing`.
    private static let lines = Mutex<[UInt: String]>([:])

    private static let installed: Void = {
        av_log_set_callback { object, level, format, arguments in
            let arguments: CVaListPointer? = arguments  // optional on some platforms only
            guard level <= AV_LOG_ERROR, let format, let arguments else { return }
            FFmpegLog.keep(object, level, format, arguments)
        }
    }()

    /// Installs the log callback; call before the first use of FFmpeg.
    static func silence() { installed }

    /// Runs `body`; an `FFmpegError` thrown from it carries the last error logged on this thread.
    @discardableResult
    static func capturing<T>(_ body: () throws -> T) throws -> T {
        silence()
        let thread = currentThread
        lines.withLock { $0[thread] = "" }
        defer { lines.withLock { _ = $0.removeValue(forKey: thread) } }
        do {
            return try body()
        } catch var error as FFmpegError {
            let line = lines.withLock { $0[thread] } ?? ""
            if error.log == nil, !line.isEmpty { error.log = line }
            throw error
        }
    }

    private static var currentThread: UInt { CFFmpegThread() }

    private static func keep(
        _ object: UnsafeMutableRawPointer?, _ level: Int32, _ format: UnsafePointer<CChar>,
        _ arguments: CVaListPointer
    ) {
        let thread = currentThread
        guard lines.withLock({ $0[thread] != nil }) else { return }
        var buffer = [CChar](repeating: 0, count: 512)
        var prefix: Int32 = 0
        av_log_format_line2(object, level, format, arguments, &buffer, Int32(buffer.count), &prefix)
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if !line.isEmpty { lines.withLock { $0[thread] = line } }
    }
}
