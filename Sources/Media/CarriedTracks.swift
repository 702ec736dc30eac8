import CFFmpeg
import Foundation

/// Carries the sound and the subtitles of one file into another packet by packet, without decoding, and its chapters.
final class CarriedTracks {
    /// What had to be left out, for the user.
    private(set) var notices: [String] = []

    private struct Track {
        let input: UnsafeMutablePointer<AVStream>
        let output: UnsafeMutablePointer<AVStream>
    }

    private let file: InputFile
    private var tracks: [Int32: Track] = [:]
    private let packet: UnsafeMutablePointer<AVPacket>
    private var hasPacket = false
    private var isAtEnd = false
    /// Seconds on the file's clock that become the output's zero.
    private var start = 0.0

    /// Adds a stream to `output` for each track that its container can hold, and the chapters.
    ///
    /// Chapters are placed as in a copy of the whole file: where the output begins later, they are not moved.
    init(from url: URL, to output: OutputFile) throws {
        file = try InputFile(url)
        packet = try allocated(av_packet_alloc())
        for input in file.streams {
            let parameters = input.pointee.codecpar.pointee
            guard let kind = Self.kinds[parameters.codec_type] else {
                input.pointee.discard = AVDISCARD_ALL
                continue
            }
            guard output.holds(parameters.codec_id) else {
                input.pointee.discard = AVDISCARD_ALL
                let codec = String(cString: avcodec_get_name(parameters.codec_id))
                notices.append(
                    "a \(kind) of \(url.path) is coded as \(codec), which .\(output.url.pathExtension) cannot hold, "
                        + "and is left out; name the output .mkv to keep it")
                continue
            }
            let stream = try output.addStream()
            try check(avcodec_parameters_copy(stream.pointee.codecpar, input.pointee.codecpar))
            stream.pointee.codecpar.pointee.codec_tag = 0
            stream.pointee.time_base = input.pointee.time_base
            stream.pointee.disposition = input.pointee.disposition
            if let language = av_dict_get(input.pointee.metadata, "language", nil, 0) {
                av_dict_set(&stream.pointee.metadata, "language", language.pointee.value, 0)
            }
            if let title = av_dict_get(input.pointee.metadata, "title", nil, 0) {
                av_dict_set(&stream.pointee.metadata, "title", title.pointee.value, 0)
            }
            tracks[input.pointee.index] = Track(input: input, output: stream)
        }
        try check(
            CFFmpegCopyChapters(
                output.context, file.context, Int64(clamping: file.origin * Double(CFFmpegTimeBase))))
    }

    /// What is carried, by FFmpeg's kinds of streams, as users call it.
    private static let kinds: [AVMediaType: String] = [
        AVMEDIA_TYPE_AUDIO: "sound track", AVMEDIA_TYPE_SUBTITLE: "subtitle track",
    ]

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    /// Makes an instant of the file the output's zero; what comes before it is dropped.
    func begin(at seconds: Double) { start = file.origin + seconds }

    /// Writes all packets that start before an instant of the output; all that are left with nil.
    func write(until seconds: Double?, to output: OutputFile) throws {
        guard !tracks.isEmpty else { return }
        while !isAtEnd {
            if !hasPacket {
                av_packet_unref(packet)
                guard try read() else {
                    isAtEnd = true
                    return
                }
                hasPacket = true
            }
            guard let track = tracks[packet.pointee.stream_index] else {
                hasPacket = false
                continue
            }
            let base = Rational(track.input.pointee.time_base).value
            let stamp = packet.pointee.dts == CFFmpegNoTimestamp ? packet.pointee.pts : packet.pointee.dts
            let time = stamp == CFFmpegNoTimestamp ? nil : Double(stamp) * base - start
            if let seconds, let time, time >= seconds { return }
            hasPacket = false
            let length = Double(packet.pointee.duration) * base
            // The encoder's run-in before the very start belongs to the sound; anything else before it does
            // not.
            if let time, start > file.origin, time + length / 2 < 0 { continue }
            try write(packet, of: track, to: output, base: base)
        }
    }

    private func write(
        _ packet: UnsafeMutablePointer<AVPacket>, of track: Track, to output: OutputFile, base: Double
    ) throws {
        let shift = Int64(clamping: start / base)
        if packet.pointee.pts != CFFmpegNoTimestamp { packet.pointee.pts -= shift }
        if packet.pointee.dts != CFFmpegNoTimestamp { packet.pointee.dts -= shift }
        av_packet_rescale_ts(packet, track.input.pointee.time_base, track.output.pointee.time_base)
        packet.pointee.stream_index = track.output.pointee.index
        packet.pointee.pos = -1
        try output.write(packet)
    }

    /// A damaged track ends early; it is no reason to lose the video.
    private func read() throws -> Bool {
        do {
            return try file.read(into: packet)
        } catch {
            notices.append(
                "the sound or the subtitles of \(file.url.path) are damaged and end early (\(error))")
            return false
        }
    }
}
