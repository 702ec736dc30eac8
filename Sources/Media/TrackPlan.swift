import CFFmpeg
import Foundation

/// The handling of one of the source's streams.
struct TrackPlan {
    enum Step {
        /// Stream copy, without decoding.
        case copy
        case encode(SoundCodec)
        /// Subtitles transcoded to another text format.
        case text(AVCodecID)
        /// An attachment, such as a font or cover art, stored in the output's header.
        case attach
    }

    let stream: UnsafeMutablePointer<AVStream>
    let step: Step
}

/// Plans the handling of each stream of a source other than its video.
///
/// Container support is tested: a track is copied if writing its first packets to memory succeeds.
struct TrackPlanner {
    let file: InputFile
    /// The output's URL, whose extension determines the container.
    let output: URL
    let sound: SoundChoice
    private(set) var plans: [TrackPlan] = []
    /// Changed or omitted tracks, as sentences for the user.
    private(set) var notices: [String] = []

    /// - Throws: `MediaError` (`unsupportedOutput` if sound that must be copied cannot be).
    init(_ file: InputFile, output: URL, sound: SoundChoice) throws {
        (self.file, self.output, self.sound) = (file, output, sound)
        let video = av_find_best_stream(file.context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        for stream in file.streams where stream.pointee.index != video { try plan(stream) }
    }

    private var container: String { ".\(output.pathExtension)" }
    private var source: String { file.url.lastPathComponent }

    private mutating func plan(_ stream: UnsafeMutablePointer<AVStream>) throws {
        let parameters = stream.pointee.codecpar.pointee
        switch parameters.codec_type {
        case AVMEDIA_TYPE_AUDIO: try planSound(stream)
        case AVMEDIA_TYPE_SUBTITLE: planSubtitles(stream)
        case AVMEDIA_TYPE_ATTACHMENT: planAttachment(stream)
        case AVMEDIA_TYPE_VIDEO where stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0:
            planCover(stream)
        case AVMEDIA_TYPE_VIDEO:
            let size = "\(Self.codec(stream)), \(parameters.width)×\(parameters.height)"
            notices.append("a further video track of \(source) (\(size)) is left out")
        default:
            // A timecode track is recreated from the tag.
            guard Self.timecode(of: stream) == nil else { return }
            notices.append("a data track of \(source) (\(Self.codec(stream))) is left out")
        }
    }

    private mutating func planSound(_ stream: UnsafeMutablePointer<AVStream>) throws {
        let codec = Self.codec(stream)
        guard sound != .none else { return }
        if sound.prefersCopy, carries(TrackPlan(stream: stream, step: .copy)) {
            plans.append(TrackPlan(stream: stream, step: .copy))
            return
        }
        guard let target = sound.codec else {
            throw MediaError(
                .unsupportedOutput,
                "\(output.path): \(container) cannot carry the sound of \(source) (\(codec)); "
                    + "name the output .mkv, or leave --sound copy out")
        }
        let plan = TrackPlan(stream: stream, step: .encode(target))
        do {
            let changes = try tryOut(plan)
            let why = sound.prefersCopy ? ", because \(container) cannot carry it" : ""
            let more = changes.isEmpty ? "" : "; \(changes.joined(separator: ", "))"
            plans.append(plan)
            notices.append("the sound of \(source) (\(codec)) is encoded to \(target.name)\(why)\(more)")
        } catch  where sound == .auto {
            notices.append(
                "the sound of \(source) (\(codec)) is left out: \(container) cannot carry it, and it cannot be "
                    + "encoded to \(target.name) (\(error)); name the output .mkv to keep it")
        } catch {
            throw MediaError(
                .unsupportedOutput,
                "\(output.path): the sound of \(source) (\(codec)) cannot be encoded to \(target.name) for "
                    + "\(container); choose another --sound", cause: error)
        }
    }

    private mutating func planSubtitles(_ stream: UnsafeMutablePointer<AVStream>) {
        let plan = TrackPlan(stream: stream, step: .copy)
        if carries(plan) {
            plans.append(plan)
            return
        }
        let text = TrackPlan(
            stream: stream,
            step: .text(output.isMatroska ? AV_CODEC_ID_SUBRIP : AV_CODEC_ID_MOV_TEXT))
        if SubtitleEncoder.isText(stream), carries(text) {
            plans.append(text)
            let form = output.isMatroska ? "SubRip" : "timed text"
            notices.append(
                "the subtitles of \(source) (\(Self.codec(stream))) become \(form), because \(container) cannot "
                    + "carry them as they are; their styles may change")
            return
        }
        let remedy = output.isMatroska ? "" : "; name the output .mkv to keep it"
        notices.append(
            "a subtitle track of \(source) (\(Self.codec(stream))) is left out, because \(container) cannot "
                + "carry it\(remedy)")
    }

    private mutating func planAttachment(_ stream: UnsafeMutablePointer<AVStream>) {
        if output.isMatroska {
            plans.append(TrackPlan(stream: stream, step: .attach))
            return
        }
        let name = stream.tag("filename") ?? Self.codec(stream)
        notices.append(
            "the attached file \(name) of \(source) is left out, because \(container) carries none; "
                + "name the output .mkv to keep it")
    }

    private mutating func planCover(_ stream: UnsafeMutablePointer<AVStream>) {
        let plan = TrackPlan(stream: stream, step: .attach)
        // In MP4 and MOV FFmpeg writes either a cover or arbitrary metadata keys, and the marks need the latter.
        if output.isMatroska, carries(plan) {
            plans.append(plan)
        } else {
            notices.append(
                "the cover picture of \(source) (\(Self.codec(stream))) is left out, because \(container) cannot "
                    + "carry it beside the marks; name the output .mkv to keep it")
        }
    }

    private func carries(_ plan: TrackPlan) -> Bool { (try? tryOut(plan)) != nil }

    /// Writes the first packets of one track to memory.
    ///
    /// - Returns: the differences from the source's track.
    @discardableResult
    private func tryOut(_ plan: TrackPlan) throws -> [String] {
        let trial = try OutputFile(trial: output)
        defer { trial.discard() }
        let own = try InputFile(file.url)
        guard let stream = own.streams.first(where: { $0.pointee.index == plan.stream.pointee.index }) else {
            throw FFmpegError(status: CFFmpegInvalidData)
        }
        let tracks = try CarriedTracks(own, [TrackPlan(stream: stream, step: plan.step)], to: trial)
        if case .copy = plan.step, !trial.isPlayable(stream.pointee.codecpar.pointee.codec_id) {
            throw FFmpegError(status: CFFmpegInvalidData)
        }
        try trial.begin(metadata: [:])
        try tracks.writeFirstPackets(to: trial)
        try trial.finish()
        return tracks.changes
    }

    static func codec(_ stream: UnsafeMutablePointer<AVStream>) -> String {
        let parameters = stream.pointee.codecpar.pointee
        let tag = (0..<4).map { UInt8(truncatingIfNeeded: parameters.codec_tag >> (8 * $0)) }
        let isTag = tag.allSatisfy { (0x20...0x7E).contains($0) }
        let isNamed = parameters.codec_id != AV_CODEC_ID_NONE && parameters.codec_id != AV_CODEC_ID_BIN_DATA
        if isNamed { return String(cString: avcodec_get_name(parameters.codec_id)) }
        return isTag ? String(decoding: tag, as: UTF8.self) : "unknown"
    }

    /// The timecode of a stream's first frame, such as "10:00:00:00".
    static func timecode(of stream: UnsafeMutablePointer<AVStream>) -> String? { stream.tag("timecode") }
}

extension UnsafeMutablePointer<AVStream> {
    /// A value of the stream's metadata.
    func tag(_ key: String) -> String? {
        av_dict_get(pointee.metadata, key, nil, 0).map { String(cString: $0.pointee.value) }
    }
}

extension URL {
    /// Whether the URL's extension is that of a Matroska file.
    var isMatroska: Bool { pathExtension.lowercased() == "mkv" }
}

extension OutputFile {
    /// Whether players support a codec in this container, in addition to FFmpeg's own support.
    func isPlayable(_ codec: AVCodecID) -> Bool {
        let unknown: [AVCodecID] = [
            AV_CODEC_ID_WMAV1, AV_CODEC_ID_WMAV2, AV_CODEC_ID_WMAPRO, AV_CODEC_ID_WMALOSSLESS,
            AV_CODEC_ID_VORBIS, AV_CODEC_ID_SPEEX,
        ]
        return !isMP4OrMOV || !unknown.contains(codec)
    }
}
