import Foundation

/// Encodes a stretch of a video to a file of its own, from which, with its neighbours, `VideoJoiner` makes the whole.
///
/// Parts are NUT files: they hold every codec and time base as it is. A part begins with a key frame and needs no other.
/// Until `finish` nothing stands under its name. Used by one thread at a time.
package final class VideoPartWriter {
    /// Ends a part's name.
    package static let fileExtension = "nut"

    package let url: URL
    package private(set) var frameCount = 0
    /// Seconds of the source at which the last frame ends.
    package private(set) var end = 0.0

    private let info: VideoInfo
    private let encoder: Encoder
    private let output: OutputFile

    /// - Parameters:
    ///   - info, settings: the same for all parts and for the whole.
    /// - Throws: `MediaError` `unsupportedOutput`, `notWritable`, `diskFull`.
    package init(_ url: URL, like info: VideoInfo, settings: EncodingSettings) throws {
        FFmpegLog.silence()
        (self.url, self.info) = (url, info)
        output = try OutputFile(part: url)
        // The containers of the whole all want the codec's headers apart.
        encoder = try Encoder(settings, for: info, name: url.path, hasGlobalHeader: true)
        do {
            _ = try output.addStream(of: encoder, info)
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(url.path) could not be written", cause: error)
        }
        try output.begin(metadata: [:])
    }

    /// Encodes a frame at its own time in the source.
    package func append(_ frame: VideoFrame) throws {
        end = max(end, frame.time + info.length(of: frame))
        try encode(frame)
        frameCount += 1
    }

    /// Writes what is left, syncs, and gives the file its name.
    package func finish() throws {
        if frameCount > 0 { try encode(nil) }
        try output.finish()
    }

    /// Removes what was written so far; does nothing behind `finish()`.
    package func cancel() { output.discard() }

    private func encode(_ frame: VideoFrame?) throws {
        do {
            try encoder.encode(
                frame, timestamp: frame.map { info.ticks($0.time) } ?? 0, duration: frame?.duration ?? 0
            ) { packet in
                packet.pointee.stream_index = 0
                try output.write(packet, from: info.timeBase)
            }
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(url.path): frame \(frameCount) could not be encoded", cause: error)
        }
    }
}
