import CFFmpeg
import Foundation

/// Corrects timestamp discontinuities of concatenated recordings: after a jump back or far ahead, the video continues where it
/// ended, and the sound stays synchronised with it.
///
/// Broadcast containers allow such discontinuities (MPEG transport and program streams). A gap of up to ten seconds is
/// treated as lost reception, as in `ffmpeg`, and kept.
struct JumpingTimes {
    /// A continuous section between two discontinuities.
    struct Stretch: Equatable {
        /// Byte offset of its first packet in the file.
        let position: Int64
        /// Offset in seconds added to its times.
        let shift: Double
    }

    /// Sorted by position; the first begins at 0.
    let stretches: [Stretch]
    /// Duration of the video in seconds, without the jumps.
    let duration: Double
    /// Frames per second; 0 if unknown.
    let frameRate: Double

    /// Longest gap in seconds that is not a discontinuity.
    static let longestGap = 10.0

    /// Reads the timestamps of all packets, without decoding.
    ///
    /// - Returns: `nil` for a file without discontinuities.
    init?(of file: InputFile) throws {
        guard let format = file.context.pointee.iformat,
            format.pointee.flags & CFFmpegTimesMayJump != 0,
            ["mpegts", "mpeg"].contains(file.container)
        else { return nil }
        let times = try Self.times(file.url)
        guard let found = Self.stretches(times), found.stretches.count > 1 else { return nil }
        (stretches, duration, frameRate) = found
    }

    struct Time {
        let position: Int64
        let isVideo: Bool
        /// DTS in seconds.
        let time: Double
        let stream: Int32
    }

    private static func times(_ url: URL) throws -> [Time] {
        let file = try InputFile(url, isRaw: true)
        var packet: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try allocated(packet)
        var times: [Time] = []
        // A read error ends the scan, not the reading of the file.
        while (try? file.read(into: next)) == true {
            defer { av_packet_unref(next) }
            let stamp = next.pointee.dts == CFFmpegNoTimestamp ? next.pointee.pts : next.pointee.dts
            guard stamp != CFFmpegNoTimestamp, next.pointee.pos >= 0 else { continue }
            let stream = file.streams[Int(next.pointee.stream_index)]
            let kind = stream.pointee.codecpar.pointee.codec_type
            guard kind == AVMEDIA_TYPE_VIDEO || kind == AVMEDIA_TYPE_AUDIO else { continue }
            times.append(
                Time(
                    position: next.pointee.pos, isVideo: kind == AVMEDIA_TYPE_VIDEO,
                    time: Double(stamp) * Rational(stream.pointee.time_base).value,
                    stream: next.pointee.stream_index))
        }
        // Packets are returned when complete, which is not in the order of their positions.
        return times.sorted { $0.position < $1.position }
    }

    /// - Parameter times: sorted by position.
    static func stretches(_ times: [Time]) -> (stretches: [Stretch], duration: Double, frameRate: Double)? {
        guard let video = times.first(where: \.isVideo)?.stream else { return nil }
        let picture = times.filter { $0.stream == video }
        let steps = zip(picture, picture.dropFirst()).map { $1.time - $0.time }
            .filter { $0 > 0 && $0 < longestGap }.sorted()
        guard !steps.isEmpty else { return nil }
        let step = steps[steps.count / 2]
        var stretches = [Stretch(position: 0, shift: 0)]
        var last = picture[0]
        var shift = 0.0
        for next in picture.dropFirst() {
            let gap = next.time - last.time
            if gap <= 0 || gap > longestGap {
                // Sound that jumped before the video belongs to the new section.
                let position = beginning(of: next, after: last, times)
                shift += step - gap
                stretches.append(Stretch(position: position, shift: shift))
            }
            last = next
        }
        let duration = last.time + shift - picture[0].time + step
        return (stretches, duration, 1 / step)
    }

    private static func beginning(of next: Time, after last: Time, _ times: [Time]) -> Int64 {
        let between = times.lazy.filter {
            $0.position > last.position && $0.position < next.position && $0.stream != next.stream
        }
        // The first packet that is closer to the new video time than to the old one.
        let first = between.first { abs($0.time - next.time) < abs($0.time - last.time) }
        return first?.position ?? next.position
    }

    /// Offset in seconds for the timestamps of a packet.
    func shift(at position: Int64) -> Double {
        var (low, high) = (0, stretches.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if stretches[middle].position <= position { low = middle } else { high = middle }
        }
        return stretches[low].shift
    }
}
