import CFFmpeg
import Foundation

/// Repairs the times of recordings that were joined, whose clock jumps back or far ahead: what follows a jump goes on where
/// the picture ended, and the sound keeps its place beside it.
///
/// Containers for broadcasting allow such jumps (MPEG transport and program streams). A gap of up to ten seconds is
/// taken for lost reception, as `ffmpeg` does, and stays.
struct JumpingTimes {
    /// A stretch between two jumps.
    struct Stretch: Equatable {
        /// Bytes from the file's start; packets from here on belong to it.
        let position: Int64
        /// Seconds to add to its times.
        let shift: Double
    }

    /// Rising by position; the first begins at 0.
    let stretches: [Stretch]
    /// Seconds of the picture, the jumps left out.
    let duration: Double
    /// The video's frames a second; 0 where unknown.
    let frameRate: Double

    /// Longest gap, in seconds, that is not taken for a jump.
    static let longestGap = 10.0

    /// Reads the times of all packets, without decoding.
    ///
    /// - Returns: nil for a file whose clock does not jump.
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
        /// Decoding time in seconds.
        let time: Double
        let stream: Int32
    }

    private static func times(_ url: URL) throws -> [Time] {
        let file = try InputFile(url, isRaw: true)
        var packet: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let next = try allocated(packet)
        var times: [Time] = []
        // Damage ends the look, not the reading.
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
        // Packets come when they are complete, which is not in the order of their beginnings.
        return times.sorted { $0.position < $1.position }
    }

    /// - Parameter times: in the order of their positions.
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
                // Sound that jumped before the picture did belongs to the new stretch.
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
        // Beside the new picture's time rather than the old one's.
        let first = between.first { abs($0.time - next.time) < abs($0.time - last.time) }
        return first?.position ?? next.position
    }

    /// Seconds to add to the times of a packet.
    func shift(at position: Int64) -> Double {
        var (low, high) = (0, stretches.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if stretches[middle].position <= position { low = middle } else { high = middle }
        }
        return stretches[low].shift
    }
}
