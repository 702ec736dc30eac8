import Foundation

/// Encodes a section of a video to a separate file; `VideoJoiner` joins the sections.
///
/// Parts are NUT files, which support every codec and time base. A part begins with a key frame and has no references to other
/// parts. Written atomically by `finish`. Not thread-safe.
package final class VideoPartWriter {
    /// The file extension of parts.
    package static let fileExtension = "nut"

    package let url: URL
    package private(set) var frameCount = 0
    /// End of the last frame, in seconds of the source.
    package private(set) var end = 0.0

    private let info: VideoInfo
    private let encoder: Encoder
    private let output: OutputFile

    /// - Parameters:
    ///   - info, settings: the same for all parts and for the joined video.
    /// - Throws: `MediaError` `unsupportedOutput`, `notWritable`, `diskFull`.
    package init(_ url: URL, like info: VideoInfo, settings: EncodingSettings) throws {
        FFmpegLog.silence()
        (self.url, self.info) = (url, info)
        output = try OutputFile(part: url)
        // All output containers store the codec headers outside the packets.
        encoder = try Encoder(settings, for: info, name: url.path, hasGlobalHeader: true)
        do {
            _ = try output.addStream(of: encoder, info)
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(url.path) could not be written", cause: error)
        }
        try output.begin(metadata: [:])
    }

    /// Encodes a frame with its timestamp in the source.
    package func append(_ frame: VideoFrame) throws {
        end = max(end, frame.time + info.length(of: frame))
        try encode(frame)
        frameCount += 1
    }

    /// Writes the remaining packets, syncs and renames the file.
    package func finish() throws {
        if frameCount > 0 { try encode(nil) }
        try output.finish()
    }

    /// Removes the temporary file; no effect after `finish()`.
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
