import Foundation

/// Writes a video frame by frame, with the timestamps and colour tags of its source and the sound of another
/// file.
///
/// The file is written under a temporary name beside the target; `finish()` syncs it and gives it its name.
/// Until then, and after `cancel()` or an error, nothing is to be seen under that name. A writer may be used
/// from several threads; calls wait for one another.
package final class VideoWriter: @unchecked Sendable {
    package let url: URL
    /// What the output differs in from what was asked for, as sentences for the user.
    package var notices: [String] { lock.withLock { muxer.notices } }
    /// Frames that were appended.
    package var frameCount: Int { lock.withLock { count } }

    private let lock = NSLock()
    private let info: VideoInfo
    private let muxer: VideoMuxer
    private var count = 0
    /// Source seconds that become the output's zero.
    private var start = 0.0
    /// End of the last frame, in the output's seconds.
    private var end = 0.0
    private var state = State.open

    private enum State { case open, failed, finished, cancelled }

    /// Creates the output.
    ///
    /// - Parameters:
    ///   - url: ends in .mp4, .mov or .mkv.
    ///   - info: the source's: size, rate, time base, pixel format and colour tags are kept.
    ///   - metadata: tags of the whole file, such as "comment"; any key.
    ///   - carried: a file whose sound, subtitles and chapters are copied, in step with the frames' times.
    /// - Throws: `MediaError` `unsupportedOutput`, `notWritable`, `diskFull`, and what reading `carried`
    ///   throws.
    package init(
        _ url: URL, like info: VideoInfo, settings: EncodingSettings = EncodingSettings(),
        metadata: [String: String] = [:], tracksFrom carried: URL? = nil
    ) throws {
        (self.url, self.info) = (url, info)
        muxer = try VideoMuxer(url, like: info, settings: settings, metadata: metadata, tracksFrom: carried)
    }

    /// Encodes a frame at its own time.
    ///
    /// Where the first frame is not the source's first, the output starts with it.
    /// - Throws: `MediaError` `diskFull`, `failed`, `badRegion` for a frame of another size; the temporary
    ///   file is gone then.
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

    /// Writes what is left and gives the file its name.
    ///
    /// Sound goes on to its end where the frames went to the source's end, otherwise to the end of the last
    /// frame.
    package func finish() throws {
        try perform {
            guard count > 0 else {
                throw MediaError(.failed, "\(url.path) is not written: there was no frame")
            }
            try muxer.encoder.encode(nil, write: muxer.write)
            try muxer.finish(start: start, end: end)
            state = .finished
        }
    }

    /// Removes what was written so far; does nothing behind `finish()`.
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
                throw MediaError(.failed, "\(url.path) is no longer being written")
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
