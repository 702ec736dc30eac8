import CFFmpeg
import Foundation

/// Muxes an encoder's packets with another file's sound, subtitles and chapters.
///
/// Writes to a temporary file beside the target; `finish` syncs and renames it.
final class VideoMuxer {
    let encoder: Encoder
    /// Differences from the requested output, as sentences for the user.
    var notices: [String] { ownNotices + (tracks?.notices ?? []) }

    private let info: VideoInfo
    private let name: String
    private let output: OutputFile
    private let stream: UnsafeMutablePointer<AVStream>
    private let tracks: CarriedTracks?
    private let ownNotices: [String]

    /// Creates the output and a suitable encoder.
    ///
    /// - Throws: `MediaError` (`unsupportedOutput`, `notWritable`, `diskFull`), and the errors of reading `carried`.
    ///
    /// - Parameter isTrial: writes to memory instead of a file.
    init(
        _ url: URL, like info: VideoInfo, settings: EncodingSettings, metadata: [String: String],
        tracksFrom carried: URL?, isTrial: Bool = false
    ) throws {
        FFmpegLog.silence()
        (self.info, name) = (info, url.path)
        let settings = settings.resolved(for: info, output: url)
        let output = try isTrial ? OutputFile(trial: url) : OutputFile(url)
        self.output = output
        let encoder = try Encoder(
            settings, for: info, name: url.path, hasGlobalHeader: output.hasGlobalHeader)
        self.encoder = encoder
        guard output.holds(encoder.context.pointee.codec_id) else {
            throw MediaError(
                .unsupportedOutput,
                "\(url.path): .\(url.pathExtension) cannot hold \(settings.codec.rawValue); "
                    + "name the output \(settings.extensions)")
        }
        do {
            stream = try output.addStream(of: encoder, info)
            tracks = try carried.map { try CarriedTracks(from: $0, to: output, sound: settings.sound) }
        } catch let error as FFmpegError {
            throw MediaError(.failed, "\(url.path) could not be written", cause: error)
        }
        ownNotices = Self.differences(encoder.fitter, info, settings, url)
        try output.begin(metadata: metadata)
    }

    deinit { output.discard() }

    /// Sets the time of the source, in seconds, that becomes the output's zero.
    func begin(at start: Double) { tracks?.begin(at: start) }

    /// Writes a packet with timestamps in the video's time base, preceded by the sound that is due.
    func write(_ packet: UnsafeMutablePointer<AVPacket>) throws {
        let time = Double(packet.pointee.dts) * info.timeBase.value
        try tracks?.write(until: time, to: output)
        packet.pointee.stream_index = stream.pointee.index
        try output.write(packet, from: info.timeBase)
    }

    /// Writes the remaining packets and renames the file.
    ///
    /// - Parameters:
    ///   - start: time of the source, in seconds, that became the output's zero.
    ///   - end: end of the last frame in the output. At the source's end, sound is written to its own end.
    func finish(start: Double, end: Double) throws {
        let isWhole = info.duration > 0 && end + start + 2 / max(1, info.frameRate.value) > info.duration
        try tracks?.write(until: isWhole ? nil : end, to: output)
        try output.finish()
    }

    /// Encodes a few frames and writes them with the first packets of all tracks, to detect early whether the output can be
    /// written.
    func tryOut() throws {
        do {
            let frame = try VideoFrame(blank: info)
            let step = max(1, info.ticks(1 / max(1, info.frameRate.value)))
            for number in 0..<3 as Range<Int64> {
                try encoder.encode(frame, timestamp: number * step, duration: step, write: write)
            }
            try encoder.encode(nil, write: write)
            try tracks?.writeFirstPackets(to: output)
            try output.finish()
        } catch let error as FFmpegError {
            throw MediaError(
                .unsupportedOutput,
                "\(name) cannot be written with these tracks; choose another container, --codec or --sound",
                cause: error)
        }
    }

    /// Removes the temporary file; no effect after `finish`.
    func discard() { output.discard() }
}

extension OutputFile {
    /// Adds a stream for an encoder's packets, with a video's properties.
    func addStream(of encoder: Encoder, _ info: VideoInfo) throws -> UnsafeMutablePointer<AVStream> {
        let stream = try addStream()
        stream.pointee.time_base = info.timeBase.av
        stream.pointee.avg_frame_rate = info.frameRate.av
        stream.pointee.sample_aspect_ratio = info.pixelAspect.av
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context))
        try info.hdr?.apply(to: stream)
        if let timecode = info.timecode, !isPart {
            av_dict_set(&stream.pointee.metadata, "timecode", timecode, 0)
        }
        // Only MP4 and MOV support the tag `hvc1`.
        if !isMP4OrMOV, stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_HEVC {
            stream.pointee.codecpar.pointee.codec_tag = 0
        }
        return stream
    }
}

extension VideoInfo {
    /// Duration of a frame in seconds.
    func length(of frame: VideoFrame) -> Double {
        frame.duration > 0 ? Double(frame.duration) * timeBase.value : 1 / max(1, frameRate.value)
    }

    /// Converts seconds to ticks of the time base.
    func ticks(_ seconds: Double) -> Int64 { Int64(clamping: (seconds / timeBase.value).rounded()) }
}
