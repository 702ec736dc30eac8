import CFFmpeg
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
    package var notices: [String] { lock.withLock { ownNotices + (tracks?.notices ?? []) } }
    /// Frames that were appended.
    package var frameCount: Int { lock.withLock { count } }

    private let lock = NSLock()
    private let info: VideoInfo
    private let output: OutputFile
    private let encoder: Encoder
    private let stream: UnsafeMutablePointer<AVStream>
    private let tracks: CarriedTracks?
    private let ownNotices: [String]
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
        FFmpegLog.silence()
        self.url = url
        self.info = info
        let output = try OutputFile(url)
        self.output = output
        let encoder = try Encoder(
            settings, for: info, name: url.path, hasGlobalHeader: output.hasGlobalHeader)
        self.encoder = encoder
        let identifier = encoder.context.pointee.codec_id
        guard output.holds(identifier) else {
            throw MediaError(
                .unsupportedOutput,
                "\(url.path): .\(url.pathExtension) cannot hold \(settings.codec.rawValue); "
                    + "name the output \(settings.extensions)")
        }
        do {
            stream = try output.addStream()
            stream.pointee.time_base = info.timeBase.av
            stream.pointee.avg_frame_rate = info.frameRate.av
            stream.pointee.sample_aspect_ratio = info.pixelAspect.av
            try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context))
            // Only MP4 and MOV know this spelling of HEVC.
            if !output.isMP4OrMOV { stream.pointee.codecpar.pointee.codec_tag = 0 }
            tracks = try carried.map { try CarriedTracks(from: $0, to: output) }
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(url.path) could not be written", cause: error)
        }
        ownNotices = Self.differences(encoder.fitter, info, url)
        try output.begin(metadata: metadata)
    }

    deinit { output.discard() }

    /// Encodes a frame at its own time.
    ///
    /// Where the first frame is not the source's first, the output starts with it.
    /// - Throws: `MediaError` `diskFull`, `failed`, `badRegion` for a frame of another size; the temporary
    ///   file is gone then.
    package func append(_ frame: VideoFrame) throws {
        try perform {
            if count == 0 {
                start = frame.index == 0 ? 0 : frame.time
                tracks?.begin(at: start)
            }
            let base = info.timeBase.value
            let length = frame.duration > 0 ? Double(frame.duration) * base : 1 / max(1, info.frameRate.value)
            end = max(end, frame.time - start + length)
            try encoder.encode(
                frame, timestamp: Int64(clamping: (frame.time - start) / base), duration: frame.duration,
                write: write)
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
            try encoder.encode(nil, write: write)
            let isWhole = info.duration > 0 && end + start + 2 / max(1, info.frameRate.value) > info.duration
            try tracks?.write(until: isWhole ? nil : end, to: output)
            try output.finish()
            state = .finished
        }
    }

    /// Removes what was written so far; does nothing behind `finish()`.
    package func cancel() {
        lock.withLock {
            guard state == .open else { return }
            state = .cancelled
            output.discard()
        }
    }

    private func write(_ packet: UnsafeMutablePointer<AVPacket>) throws {
        let time = Double(packet.pointee.dts) * info.timeBase.value
        try tracks?.write(until: time, to: output)
        av_packet_rescale_ts(packet, info.timeBase.av, stream.pointee.time_base)
        packet.pointee.stream_index = stream.pointee.index
        try output.write(packet)
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
                output.discard()
                guard let failure = error as? FFmpegError else { throw error }
                throw MediaError(.failed, "\(url.path): frame \(count) could not be encoded", cause: failure)
            }
        }
    }

    private static func differences(_ fitter: FrameFitter, _ info: VideoInfo, _ url: URL) -> [String] {
        var notices: [String] = []
        if fitter.width != info.width || fitter.height != info.height {
            notices.append(
                "\(url.path) is \(fitter.width)×\(fitter.height) instead of \(info.width)×\(info.height), "
                    + "because the codec needs even sides; the last column or row is repeated")
        }
        if info.hasAlpha, !fitter.format.hasAlpha {
            notices.append("\(url.path) has no transparency, because its codec has none")
        }
        if info.bitDepth > fitter.format.bitDepth {
            notices.append(
                "\(url.path) has \(fitter.format.bitDepth) bits a sample instead of \(info.bitDepth)")
        }
        return notices
    }
}
