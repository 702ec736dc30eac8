import CFFmpeg
import Foundation

/// Carries the sound, subtitles, chapters and attachments of one file over into another.
///
/// Tracks are stream-copied packet by packet if the container supports them, otherwise encoded.
final class CarriedTracks {
    /// Changed or omitted tracks, as sentences for the user.
    private(set) var notices: [String]
    /// Differences of encoded tracks besides their codec.
    var changes: [String] { tracks.values.flatMap { $0.sound?.changes ?? [] } }

    private struct Track {
        let input: UnsafeMutablePointer<AVStream>
        let output: UnsafeMutablePointer<AVStream>
        var sound: SoundEncoder?
        var text: SubtitleEncoder?
        /// DTS of the last packet and its end, in the input's time base.
        var last = Int64.min
        var next: Int64?
        var written = 0
    }

    private let file: InputFile
    private var tracks: [Int32: Track] = [:]
    private let packet: UnsafeMutablePointer<AVPacket>
    private var hasPacket = false
    private var isAtEnd = false
    private var isFlushed = false
    /// Time on the file's clock, in seconds, that becomes the output's zero.
    private var start: Double

    /// Adds a stream to `output` for each track that can be carried, and the chapters.
    ///
    /// Chapters keep the times of the whole file, even if the output starts later.
    /// - Throws: `MediaError` if the file cannot be read, or if sound that must be copied cannot be.
    convenience init(from url: URL, to output: OutputFile, sound: SoundChoice = .auto) throws {
        let file = try InputFile(url)
        try file.repairTimes()
        let planner = try TrackPlanner(file, output: output.url, sound: sound)
        try self.init(file, planner.plans, to: output, notices: planner.notices)
        try check(
            CFFmpegCopyChapters(
                output.context, file.context, Int64(clamping: file.origin * Double(CFFmpegTimeBase))))
    }

    init(_ file: InputFile, _ plans: [TrackPlan], to output: OutputFile, notices: [String] = []) throws {
        self.file = file
        self.notices = notices
        start = file.origin
        packet = try allocated(av_packet_alloc())
        for stream in file.streams { stream.pointee.discard = AVDISCARD_ALL }
        for plan in plans { try add(plan, to: output) }
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&packet)
    }

    private func add(_ plan: TrackPlan, to output: OutputFile) throws {
        let (input, stream) = (plan.stream, try output.addStream())
        stream.pointee.disposition = input.pointee.disposition
        for key in ["language", "title", "filename", "mimetype"] {
            if let value = input.tag(key) { av_dict_set(&stream.pointee.metadata, key, value, 0) }
        }
        var track = Track(input: input, output: stream)
        stream.pointee.time_base = input.pointee.time_base
        switch plan.step {
        case .copy:
            try check(avcodec_parameters_copy(stream.pointee.codecpar, input.pointee.codecpar))
            stream.pointee.codecpar.pointee.codec_tag = 0
        case .encode(let codec):
            let sound = try SoundEncoder(codec, from: input, hasGlobalHeader: output.hasGlobalHeader)
            // FFmpeg still requires this for FLAC in MP4, which has been standardised since.
            if codec == .flac { output.context.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL }
            try check(avcodec_parameters_from_context(stream.pointee.codecpar, sound.context))
            stream.pointee.time_base = sound.context.pointee.time_base
            track.sound = sound
        case .text(let codec):
            let text = try SubtitleEncoder(codec, from: input)
            try check(avcodec_parameters_from_context(stream.pointee.codecpar, text.context))
            stream.pointee.time_base = AVRational(num: 1, den: 1000)
            track.text = text
        case .attach:
            try attach(input, as: stream)
            return
        }
        input.pointee.discard = AVDISCARD_DEFAULT
        tracks[input.pointee.index] = track
    }

    /// Adds an attachment: in Matroska, a stream with a header and no packets.
    private func attach(
        _ input: UnsafeMutablePointer<AVStream>, as stream: UnsafeMutablePointer<AVStream>
    ) throws {
        try check(avcodec_parameters_copy(stream.pointee.codecpar, input.pointee.codecpar))
        stream.pointee.disposition = 0
        let picture = input.pointee.attached_pic
        let isCover = input.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        guard isCover, let data = picture.data, picture.size > 0 else { return }
        let size = Int(picture.size)
        let parameters = stream.pointee.codecpar
        let padding = Int(AV_INPUT_BUFFER_PADDING_SIZE)
        let copy = try allocated(av_mallocz(size + padding)).assumingMemoryBound(to: UInt8.self)
        copy.update(from: data, count: size)
        av_free(parameters?.pointee.extradata)
        parameters?.pointee.extradata = copy
        parameters?.pointee.extradata_size = Int32(size)
        parameters?.pointee.codec_type = AVMEDIA_TYPE_ATTACHMENT
        let isPNG = input.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_PNG
        let names = [
            ("filename", isPNG ? "cover.png" : "cover.jpg"), ("mimetype", isPNG ? "image/png" : "image/jpeg"),
        ]
        for (key, value) in names where input.tag(key) == nil {
            av_dict_set(&stream.pointee.metadata, key, value, 0)
        }
    }

    /// Sets the time of the file that becomes the output's zero; earlier packets are dropped.
    func begin(at seconds: Double) { start = file.origin + seconds }

    /// Writes all packets that start before a time of the output; all remaining ones for `nil`.
    func write(until seconds: Double?, to output: OutputFile) throws {
        guard !tracks.isEmpty else { return }
        while !isAtEnd, try step(until: seconds, to: output) {}
        if seconds == nil || isAtEnd { try flush(to: output) }
    }

    /// Flushes the encoders; no packets may follow.
    func flush(to output: OutputFile) throws {
        guard !isFlushed else { return }
        isFlushed = true
        for index in tracks.keys.sorted() {
            guard let track = tracks[index], let sound = track.sound else { continue }
            try sound.encode(nil) { try write($0, of: track, to: output) }
        }
    }

    /// Writes a few packets of each track for a trial; none of tracks that begin much later.
    func writeFirstPackets(to output: OutputFile) throws {
        var count = 0
        while !isAtEnd, count < 500, tracks.values.contains(where: { $0.written < 4 }) {
            _ = try step(until: nil, to: output)
            count += 1
        }
        try flush(to: output)
    }

    /// Reads and writes one packet.
    ///
    /// - Returns: false if the next packet is not due yet, or at the end of the file.
    private func step(until seconds: Double?, to output: OutputFile) throws -> Bool {
        if !hasPacket {
            av_packet_unref(packet)
            guard try read() else {
                isAtEnd = true
                return false
            }
            hasPacket = true
        }
        let index = packet.pointee.stream_index
        guard var track = tracks[index] else {
            hasPacket = false
            return true
        }
        let base = Rational(track.input.pointee.time_base).value
        let stamp = packet.pointee.dts == CFFmpegNoTimestamp ? packet.pointee.pts : packet.pointee.dts
        // A packet without a timestamp follows the previous one.
        let decoding = stamp == CFFmpegNoTimestamp ? track.next ?? Int64(clamping: start / base) : stamp
        let time = Double(decoding) * base - start
        if let seconds, time >= seconds { return false }
        hasPacket = false
        let length = Double(packet.pointee.duration) * base
        // Encoder priming before the file's start is part of the sound; other packets before the output's start are not.
        if start > file.origin, time + length / 2 < 0 { return true }
        // Sound that overlaps written packets, as at the joints of a concatenated recording, is dropped.
        guard track.sound != nil || track.text != nil || decoding > track.last else { return true }
        if stamp == CFFmpegNoTimestamp { (packet.pointee.pts, packet.pointee.dts) = (decoding, decoding) }
        (track.last, track.next) = (decoding, decoding + packet.pointee.duration)
        track.written += 1
        tracks[index] = track
        try put(track, to: output, base: base)
        return true
    }

    private func put(_ track: Track, to output: OutputFile, base: Double) throws {
        let shift = Int64(clamping: start / base)
        if packet.pointee.pts != CFFmpegNoTimestamp { packet.pointee.pts -= shift }
        if packet.pointee.dts != CFFmpegNoTimestamp { packet.pointee.dts -= shift }
        if let sound = track.sound {
            try sound.encode(packet) { try write($0, of: track, to: output) }
            return
        }
        av_packet_rescale_ts(packet, track.input.pointee.time_base, track.output.pointee.time_base)
        if let text = track.text {
            guard let bytes = try text.encode(packet) else { return }
            let (pts, duration) = (packet.pointee.pts, packet.pointee.duration)
            av_packet_unref(packet)
            try check(av_new_packet(packet, Int32(bytes.count)))
            packet.pointee.data.update(from: bytes, count: bytes.count)
            (packet.pointee.pts, packet.pointee.dts, packet.pointee.duration) = (pts, pts, duration)
        }
        packet.pointee.stream_index = track.output.pointee.index
        packet.pointee.pos = -1
        try output.write(packet)
    }

    /// Writes an encoded packet.
    private func write(_ packet: UnsafeMutablePointer<AVPacket>, of track: Track, to output: OutputFile)
        throws
    {
        guard let sound = track.sound else { return }
        packet.pointee.stream_index = track.output.pointee.index
        try output.write(packet, from: Rational(sound.context.pointee.time_base))
    }

    /// Reads a packet. A damaged track ends early with a notice instead of failing the output.
    private func read() throws -> Bool {
        do {
            return try file.read(into: packet)
        } catch {
            notices.append(
                "the sound or the subtitles of \(file.url.lastPathComponent) are damaged and end early (\(error))"
            )
            return false
        }
    }
}
