import Foundation

/// Writes a video frame by frame, with its source's timestamps and colour tags and another file's sound.
///
/// Writes to a temporary file beside the target; `finish()` syncs and renames it. `cancel()` and errors remove it. Thread-safe;
/// calls are serialised.
package final class VideoWriter: @unchecked Sendable {
    package let url: URL
    /// Differences from the requested output, as sentences for the user.
    package var notices: [String] { lock.withLock { muxer.notices } }
    /// Number of frames appended.
    package var frameCount: Int { lock.withLock { count } }

    private let lock = NSLock()
    private let info: VideoInfo
    private let muxer: VideoMuxer
    private var count = 0
    /// Time of the source, in seconds, that becomes the output's zero.
    private var start = 0.0
    /// End of the last frame, in seconds of the output.
    private var end = 0.0
    private var state = State.open

    private enum State { case open, failed, finished, cancelled }

    /// Creates the output.
    ///
    /// - Parameters:
    ///   - url: with the extension .mp4, .mov or .mkv.
    ///   - info: the source's properties: size, rate, time base, pixel format and colour tags are kept.
    ///   - metadata: tags of the file, such as "comment"; any key.
    ///   - carried: a file whose sound, subtitles and chapters are copied, synchronised with the frames' times.
    /// - Throws: `MediaError` (`unsupportedOutput`, `notWritable`, `diskFull`), and the errors of reading `carried`.
    package init(
        _ url: URL, like info: VideoInfo, settings: EncodingSettings = EncodingSettings(),
        metadata: [String: String] = [:], tracksFrom carried: URL? = nil
    ) throws {
        (self.url, self.info) = (url, info)
        muxer = try VideoMuxer(url, like: info, settings: settings, metadata: metadata, tracksFrom: carried)
    }

    /// Encodes a frame with its own timestamp.
    ///
    /// The output starts with the first frame appended, even if it is not the source's first.
    /// - Throws: `MediaError` (`diskFull`, `failed`, `badRegion` for a frame of another size), after removing the temporary file.
    package func append(_ frame: VideoFrame) throws {
        try perform {
            if count == 0 {
                start = frame.index == 0 ? 0 : frame.time
                muxer.begin(at: start)
            }
            end = max(end, frame.time - start + info.length(of: frame))
            try muxer.encoder.encode(
                frame, timestamp: info.ticks(frame.time - start), duration: frame.duration,
                write: muxer.write)
            count += 1
        }
    }

    /// Writes the remaining packets and renames the file.
    ///
    /// Sound is written to its own end if the frames reached the source's end, otherwise to the end of the last frame.
    package func finish() throws {
        try perform {
            guard count > 0 else {
                throw MediaError(.failed, "\(url.path) is not written: there are no frames")
            }
            try muxer.encoder.encode(nil, write: muxer.write)
            try muxer.finish(start: start, end: end)
            state = .finished
        }
    }

    /// Removes the temporary file; no effect after `finish()`.
    package func cancel() {
        lock.withLock {
            guard state == .open else { return }
            state = .cancelled
            muxer.discard()
        }
    }

    private func perform(_ body: () throws -> Void) throws {
        try lock.withLock {
            guard state == .open else {
                throw MediaError(.failed, "\(url.path) is already finished or cancelled")
            }
            do {
                try body()
            } catch {
                state = .failed
                muxer.discard()
                guard let failure = error as? FFmpegError else { throw error }
                throw MediaError(.failed, "\(url.path): frame \(count) could not be encoded", cause: failure)
            }
        }
    }
}
