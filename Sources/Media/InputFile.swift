import CFFmpeg
import Foundation

/// A media file opened for reading: its container, streams and packets.
final class InputFile {
    let url: URL
    let context: UnsafeMutablePointer<AVFormatContext>

    /// Containers that are opened: what people keep videos and animations in. Playlists and other formats
    /// that lead to further files or to the network are left out on purpose.
    private static let containers = [
        "mov", "matroska", "avi", "mpegts", "mpeg", "flv", "ogg", "asf", "mxf", "gif", "apng", "ivf", "nut",
        "dv",
        "h264", "hevc", "m4v", "mpegvideo", "mjpeg", "yuv4mpegpipe", "wav", "aac", "mp3", "flac",
        "png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe",
    ].joined(separator: ",")

    /// Frames beyond this are refused before memory is spent on them: 16 times 4K.
    static let maximumPixels: Int64 = 16 * 4096 * 2160

    /// - Throws: `MediaError` `missing`, `unreadable`.
    init(_ url: URL) throws {
        self.url = url
        try Self.checkFile(url)
        var opened: UnsafeMutablePointer<AVFormatContext>?
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        av_dict_set(&options, "format_whitelist", Self.containers, 0)
        do {
            try FFmpegLog.capturing {
                try check(avformat_open_input(&opened, "file:" + url.path, nil, &options))
            }
            context = try allocated(opened)
        } catch {
            throw MediaError(.unreadable, Self.explanation(url), cause: error)
        }
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

    /// Seconds; 0 where unknown.
    var duration: Double {
        let duration = context.pointee.duration
        return duration == CFFmpegNoTimestamp ? 0 : max(0, Double(duration) / Double(CFFmpegTimeBase))
    }

    /// Seconds on the streams' clocks at which a player starts; never negative.
    var origin: Double {
        let start = context.pointee.start_time
        return start == CFFmpegNoTimestamp ? 0 : max(0, Double(start) / Double(CFFmpegTimeBase))
    }

    /// The next packet of the streams that are not discarded; false at the end.
    func read(into packet: UnsafeMutablePointer<AVPacket>) throws -> Bool {
        let status = av_read_frame(context, packet)
        if status == CFFmpegEnd { return false }
        try check(status)
        return true
    }

    /// Looks at the streams' first packets; the decoders that do so are bounded as ours are.
    private static func findStreams(_ context: UnsafeMutablePointer<AVFormatContext>) throws {
        var options = [OpaquePointer?](repeating: nil, count: Int(context.pointee.nb_streams))
        for index in options.indices { av_dict_set(&options[index], "max_pixels", "\(maximumPixels)", 0) }
        defer {
            for index in options.indices { av_dict_free(&options[index]) }
        }
        try check(avformat_find_stream_info(context, &options))
    }

    private static func checkFile(_ url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw MediaError(.missing, "\(url.path): there is no such file; check the path")
        }
        guard !isFolder.boolValue else {
            throw MediaError(.unreadable, "\(url.path) is a folder; name a video file")
        }
        guard FileManager.default.isReadableFile(atPath: url.path) else {
            throw MediaError(.unreadable, "\(url.path) may not be read; change its permissions (chmod u+r)")
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

/// Bytes in a file; 0 where there is none.
func fileSize(_ url: URL) -> Int64 {
    var status = stat()
    return stat(url.path, &status) == 0 ? Int64(status.st_size) : 0
}
