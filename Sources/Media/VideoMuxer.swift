import CFFmpeg
import Foundation

/// A video file that is made of one encoder's packets and of another file's sound, subtitles and chapters.
///
/// The file is written under a temporary name beside its target; `finish` syncs it and gives it its name.
final class VideoMuxer {
    let encoder: Encoder
    /// What the output differs in from what was asked for, as sentences for the user.
    var notices: [String] { ownNotices + (tracks?.notices ?? []) }

    private let info: VideoInfo
    private let name: String
    private let output: OutputFile
    private let stream: UnsafeMutablePointer<AVStream>
    private let tracks: CarriedTracks?
    private let ownNotices: [String]

    /// Creates the output and an encoder that fits it.
    ///
    /// - Throws: `MediaError` `unsupportedOutput`, `notWritable`, `diskFull`, and what reading `carried` throws.
    ///
    /// - Parameter isTrial: writes to memory what would be written to the file.
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

    /// Makes an instant of the source, in seconds, the output's zero.
    func begin(at start: Double) { tracks?.begin(at: start) }

    /// Writes a packet whose timestamps are in the video's time base, and the sound that belongs before it.
    func write(_ packet: UnsafeMutablePointer<AVPacket>) throws {
        let time = Double(packet.pointee.dts) * info.timeBase.value
        try tracks?.write(until: time, to: output)
        packet.pointee.stream_index = stream.pointee.index
        try output.write(packet, from: info.timeBase)
    }

    /// Writes what is left and gives the file its name.
    ///
    /// - Parameters:
    ///   - start: seconds of the source that became the output's zero.
    ///   - end: where the last frame ends in the output. Sound goes on to its own end where that is the source's end too.
    func finish(start: Double, end: Double) throws {
        let isWhole = info.duration > 0 && end + start + 2 / max(1, info.frameRate.value) > info.duration
        try tracks?.write(until: isWhole ? nil : end, to: output)
        try output.finish()
    }

    /// Encodes a few frames and writes them with the first packets of all tracks, in order to find out early whether
    /// the whole could be written.
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

    /// Removes what was written so far; does nothing behind `finish`.
    func discard() { output.discard() }
}

extension OutputFile {
    /// A stream for an encoder's packets, laid out as a video says.
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
        // Only MP4 and MOV know this spelling of HEVC.
        if !isMP4OrMOV, stream.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_HEVC {
            stream.pointee.codecpar.pointee.codec_tag = 0
        }
        return stream
    }
}

extension VideoInfo {
    /// Seconds that a frame is shown.
    func length(of frame: VideoFrame) -> Double {
        frame.duration > 0 ? Double(frame.duration) * timeBase.value : 1 / max(1, frameRate.value)
    }

    /// An instant in ticks of the time base.
    func ticks(_ seconds: Double) -> Int64 { Int64(clamping: (seconds / timeBase.value).rounded()) }
}
