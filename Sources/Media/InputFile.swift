import CFFmpeg
import Foundation

/// A media file opened for reading (demuxer).
final class InputFile {
    let url: URL
    let context: UnsafeMutablePointer<AVFormatContext>

    /// Allowed containers: video and animation formats. Playlists and other formats that reference further files or the
    /// network are deliberately excluded.
    private static let containers = [
        "mov", "matroska", "avi", "mpegts", "mpeg", "flv", "ogg", "asf", "mxf", "gif", "apng", "ivf", "nut",
        "dv",
        "h264", "hevc", "m4v", "mpegvideo", "mjpeg", "yuv4mpegpipe", "wav", "aac", "mp3", "flac",
        "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe",
    ].joined(separator: ",")

    /// Maximum frame size in pixels, 16 times 4K; checked before memory is allocated.
    static let maximumPixels: Int64 = 16 * 4096 * 2160

    /// Timestamp discontinuities; set by `repairTimes`.
    private(set) var jumps: JumpingTimes?
    /// File position of each stream's last packet, as further frames of the same packet have none.
    private var positions: [Int32: Int64] = [:]

    /// - Parameter isRaw: packets are returned as stored, and streams are not probed.
    /// - Throws: `MediaError` `missing`, `unreadable`, `unsupportedCodec` for an animated WebP.
    init(_ url: URL, isRaw: Bool = false) throws {
        FFmpegLog.silence()
        self.url = url
        try Self.checkFile(url)
        var opened = isRaw ? avformat_alloc_context() : nil
        opened?.pointee.flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        av_dict_set(&options, "format_whitelist", Self.containers, 0)
        let reader = try Self.pictureReader(url)
        do {
            try FFmpegLog.capturing {
                try check(avformat_open_input(&opened, "file:" + url.path, reader, &options))
            }
            context = try allocated(opened)
        } catch {
            throw MediaError(.unreadable, Self.explanation(url), cause: error)
        }
        guard !isRaw else { return }
        do {
            try FFmpegLog.capturing { try Self.findStreams(context) }
        } catch {
            throw MediaError(.unreadable, Self.explanation(url), cause: error)
        }
    }

    deinit {
        var closing: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&closing)
    }

    var streams: [UnsafeMutablePointer<AVStream>] {
        (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }
    }

    /// FFmpeg's names of the container, such as "mov,mp4,m4a,3gp,3g2,mj2".
    var container: String { context.pointee.iformat.map { String(cString: $0.pointee.name) } ?? "" }

    /// Duration in seconds; 0 if unknown.
    var duration: Double {
        if let jumps { return jumps.duration }
        let duration = context.pointee.duration
        return duration == CFFmpegNoTimestamp ? 0 : max(0, Double(duration) / Double(CFFmpegTimeBase))
    }

    /// Start time on the streams' clocks in seconds; never negative.
    var origin: Double {
        let start = context.pointee.start_time
        return start == CFFmpegNoTimestamp ? 0 : max(0, Double(start) / Double(CFFmpegTimeBase))
    }

    /// Reads the next packet of the streams that are not discarded; false at the end.
    func read(into packet: UnsafeMutablePointer<AVPacket>) throws -> Bool {
        let status = av_read_frame(context, packet)
        if status == CFFmpegEnd { return false }
        try check(status)
        if let jumps { repair(packet, jumps) }
        return true
    }

    /// Detects timestamp discontinuities, if the container allows them, and corrects the times of later packets.
    func repairTimes() throws { jumps = try JumpingTimes(of: self) }

    private func repair(_ packet: UnsafeMutablePointer<AVPacket>, _ jumps: JumpingTimes) {
        let index = packet.pointee.stream_index
        if packet.pointee.pos >= 0 { positions[index] = packet.pointee.pos }
        let base = Rational(streams[Int(index)].pointee.time_base).value
        let shift = Int64(clamping: (jumps.shift(at: positions[index] ?? 0) / base).rounded())
        if packet.pointee.pts != CFFmpegNoTimestamp { packet.pointee.pts += shift }
        if packet.pointee.dts != CFFmpegNoTimestamp { packet.pointee.dts += shift }
    }

    /// Probes the streams; the decoders used for that have the same limits.
    private static func findStreams(_ context: UnsafeMutablePointer<AVFormatContext>) throws {
        var options = [OpaquePointer?](repeating: nil, count: Int(context.pointee.nb_streams))
        for index in options.indices { av_dict_set(&options[index], "max_pixels", "\(maximumPixels)", 0) }
        defer {
            for index in options.indices { av_dict_free(&options[index]) }
        }
        try check(avformat_find_stream_info(context, &options))
    }

    /// FFmpeg's demuxer for a file that is a picture by its content; `nil` for others.
    private static func pictureReader(_ url: URL) throws -> UnsafePointer<AVInputFormat>? {
        guard PictureFile.isPicture(contentsOf: url), let head = PictureFile.head(of: url),
            let format = PictureFile.Format(signatureOf: head)
        else { return nil }
        try PictureFile.Format.refuseAnimation(head, name: url.path)
        return format.demuxer.flatMap { av_find_input_format($0) }
    }

    private static func checkFile(_ url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw MediaError(.missing, "\(url.path): no such file; check the path")
        }
        guard !isFolder.boolValue else {
            throw MediaError(.unreadable, "\(url.path) is a folder; name a video file")
        }
        guard FileManager.default.isReadableFile(atPath: url.path) else {
            throw MediaError(.unreadable, "\(url.path): permission denied; make it readable (chmod u+r)")
        }
        guard fileSize(url) > 0 else {
            throw MediaError(.unreadable, "\(url.path) is empty; copy or download it again")
        }
    }

    private static func explanation(_ url: URL) -> String {
        if Truncation.lacksIndex(url) {
            return "\(url.path) is incomplete: its index (moov) is missing, so that no frame can be read; "
                + "copy, download or record it again"
        }
        return "\(url.path) cannot be read as a video: it is damaged or is not a video; "
            + "try to play it, and convert or copy it again"
    }
}

/// Size of a file in bytes; 0 if it does not exist.
func fileSize(_ url: URL) -> Int64 {
    var status = stat()
    return stat(url.path, &status) == 0 ? Int64(status.st_size) : 0
}
