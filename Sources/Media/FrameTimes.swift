import CFFmpeg
import Foundation

/// Presentation times of a video's frames, read from its packets without decoding.
package struct FrameTimes: Sendable {
    /// Seconds after the file's start, increasing; one per frame.
    package let times: [Double]

    /// - Returns: `nil` for containers without exact seeking by time (all but MP4, MOV and Matroska), and for files with
    ///   packets without timestamps.
    /// - Throws: `MediaError` `missing`, `unreadable`.
    package init?(of url: URL) throws {
        FFmpegLog.silence()
        let file = try InputFile(url)
        guard file.container.hasPrefix("mov") || file.container.hasPrefix("matroska") else { return nil }
        let best = av_find_best_stream(file.context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard best >= 0 else { return nil }
        let stream = file.streams[Int(best)]
        for other in file.streams where other != stream { other.pointee.discard = AVDISCARD_ALL }
        var packet: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let packets = try allocated(packet)
        var stamps: [Int64] = []
        do {
            while try file.read(into: packets) {
                defer { av_packet_unref(packets) }
                guard packets.pointee.stream_index == best,
                    UInt32(packets.pointee.flags) & CFFmpegPacketDiscard == 0
                else { continue }
                guard packets.pointee.pts != CFFmpegNoTimestamp else { return nil }
                stamps.append(packets.pointee.pts)
            }
        } catch is FFmpegError {
            // A damaged end is ignored here and reported by the decoder.
        }
        let base = Rational(stream.pointee.time_base).value
        times = stamps.sorted().map { Double($0) * base - file.origin }
    }
}
