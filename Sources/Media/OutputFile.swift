import CFFmpeg
import Files
import Foundation

/// A muxer that writes to a temporary file, or to memory for a trial.
final class OutputFile {
    let url: URL
    let context: UnsafeMutablePointer<AVFormatContext>
    /// `nil` for a trial.
    private let file: DurableFile?
    private var isOpen = true

    /// Creates the temporary file.
    ///
    /// - Throws: `MediaError` `unsupportedOutput` for an unknown extension, `notWritable`, `diskFull`.
    convenience init(_ url: URL) throws { try self.init(url, muxer: Self.muxer(url)) }

    /// A trial: writes to memory instead of a file of this name.
    convenience init(trial url: URL) throws { try self.init(url, muxer: Self.muxer(url), isTrial: true) }

    private static func muxer(_ url: URL) throws -> String {
        let muxers = ["mp4": "mp4", "m4v": "mp4", "mov": "mov", "mkv": "matroska"]
        guard let muxer = muxers[url.pathExtension.lowercased()] else {
            throw MediaError(
                .unsupportedOutput,
                "\(url.path): outputs end in .mp4, .mov or .mkv; choose one of these names")
        }
        return muxer
    }

    /// Creates the temporary file of one part of an output.
    convenience init(part url: URL) throws { try self.init(url, muxer: "nut") }

    private init(_ url: URL, muxer: String, isTrial: Bool = false) throws {
        FFmpegLog.silence()
        self.url = url
        file = try isTrial ? nil : DurableFile(replacing: url)
        var created: UnsafeMutablePointer<AVFormatContext>?
        let (file, path) = (self.file, "file:" + (self.file?.temporary ?? url).path)
        do {
            try check(avformat_alloc_output_context2(&created, nil, muxer, path))
            context = try allocated(created)
        } catch {
            file?.discard()
            throw Self.describe(error, url)
        }
        do {
            guard file != nil else {
                try check(avio_open_dyn_buf(&context.pointee.pb))
                return
            }
            try check(avio_open2(&context.pointee.pb, path, AVIO_FLAG_WRITE, nil, nil))
        } catch {
            throw Self.describe(error, url)  // `deinit` removes the temporary file
        }
    }

    deinit { discard() }

    var hasGlobalHeader: Bool { context.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 }
    var isMP4OrMOV: Bool { ["mp4", "mov"].contains(String(cString: context.pointee.oformat.pointee.name)) }
    var isPart: Bool { String(cString: context.pointee.oformat.pointee.name) == "nut" }

    /// Whether the container supports a codec.
    func holds(_ codec: AVCodecID) -> Bool {
        avformat_query_codec(context.pointee.oformat, codec, FF_COMPLIANCE_NORMAL) == 1
    }

    func addStream() throws -> UnsafeMutablePointer<AVStream> {
        try allocated(avformat_new_stream(context, nil))
    }

    /// Writes the header, after all streams were added.
    ///
    /// MP4 is written with `+faststart`, so that playback can start during download, and with arbitrary metadata keys.
    func begin(metadata: [String: String]) throws {
        for (key, value) in metadata { av_dict_set(&context.pointee.metadata, key, value, 0) }
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        // A memory buffer cannot be reopened, as faststart requires.
        let flags = file == nil ? "+use_metadata_tags" : "+faststart+use_metadata_tags"
        if isMP4OrMOV { av_dict_set(&options, "movflags", flags, 0) }
        if isPart { av_dict_set(&options, "avoid_negative_ts", "disabled", 0) }
        do {
            try FFmpegLog.capturing { try check(avformat_write_header(context, &options)) }
            try checkWriting()
        } catch {
            throw Self.describe(error, url)
        }
    }

    /// Writes a packet of its `stream_index`; timestamps are in that stream's time base.
    func write(_ packet: UnsafeMutablePointer<AVPacket>) throws {
        do {
            try check(av_interleaved_write_frame(context, packet))
            try checkWriting()
        } catch {
            throw Self.describe(error, url)
        }
    }

    /// Writes a packet of its `stream_index`; timestamps are rescaled from another time base.
    func write(_ packet: UnsafeMutablePointer<AVPacket>, from base: Rational) throws {
        guard let stream = context.pointee.streams[Int(packet.pointee.stream_index)] else { return }
        av_packet_rescale_ts(packet, base.av, stream.pointee.time_base)
        try write(packet)
    }

    /// Writes the trailer, syncs and renames the file.
    func finish() throws {
        do {
            try FFmpegLog.capturing { try check(av_write_trailer(context)) }
            try checkWriting()
            guard let file else { return discard() }
            try check(avio_closep(&context.pointee.pb))
            try file.commit()
        } catch {
            throw Self.describe(error, url)
        }
        avformat_free_context(context)
        isOpen = false
    }

    /// Removes the temporary file.
    func discard() {
        guard isOpen else { return }
        isOpen = false
        if let file {
            avio_closep(&context.pointee.pb)
            file.discard()
        } else {
            var bytes: UnsafeMutablePointer<UInt8>?
            if context.pointee.pb != nil { avio_close_dyn_buf(context.pointee.pb, &bytes) }
            av_free(bytes)
        }
        avformat_free_context(context)
    }

    private func checkWriting() throws {
        if let io = context.pointee.pb { try check(io.pointee.error) }
    }

    private static func describe(_ error: any Error, _ target: URL) -> any Error {
        guard let failure = error as? FFmpegError else { return error }
        for number in [ENOSPC, EDQUOT, EACCES, EPERM, EROFS] where failure.status == CFFmpegErrorOf(number) {
            return FileError.writing(target, number)
        }
        return MediaError(.failed, "\(target.path) could not be written", cause: error)
    }
}
