import CFFmpeg
import Foundation

/// Joins identically encoded parts to a video by stream copy, with the sound of another file.
package struct VideoJoiner {
    /// In frame order; each ends before the next begins. A part may be empty.
    package let parts: [URL]
    package let info: VideoInfo

    package init(_ parts: [URL], like info: VideoInfo) {
        (self.parts, self.info) = (parts, info)
    }

    /// Writes the joined video atomically. Parameters as in `VideoWriter`.
    ///
    /// - Parameter end: end of the last frame, in seconds of the source.
    /// - Returns: differences from the requested output, as sentences for the user.
    /// - Throws: `MediaError`; `CancellationError` after removing the temporary file.
    package func join(
        to url: URL, settings: EncodingSettings, metadata: [String: String] = [:],
        tracksFrom carried: URL? = nil, end: Double
    ) throws -> [String] {
        let order = try Order(parts.map(timestamps))
        guard !order.sorted.isEmpty else {
            throw MediaError(.failed, "\(url.path) is not written: there are no frames")
        }
        let muxer = try VideoMuxer(
            url, like: info, settings: settings, metadata: metadata, tracksFrom: carried)
        do {
            muxer.begin(at: 0)
            var position = 0
            for part in parts {
                try read(part) { packet in
                    order.place(packet, position, end: info.ticks(end))
                    position += 1
                    try muxer.write(packet)
                }
            }
            try muxer.finish(start: 0, end: end)
        } catch let error as FFmpegError {
            muxer.discard()
            throw MediaError(.failed, "\(url.path) could not be written", cause: error)
        } catch {
            muxer.discard()
            throw error
        }
        return muxer.notices
    }

    /// Checks, before anything is encoded, whether the output can be written.
    ///
    /// A few frames and the first packets of all tracks are written to memory.
    /// - Returns: expected differences from the requested output, as sentences for the user.
    /// - Throws: the errors of `join`.
    @discardableResult
    package func requirePossible(
        to url: URL, settings: EncodingSettings, tracksFrom carried: URL? = nil
    ) throws -> [String] {
        let muxer = try VideoMuxer(
            url, like: info, settings: settings, metadata: [:], tracksFrom: carried, isTrial: true)
        defer { muxer.discard() }
        try muxer.tryOut()
        return muxer.notices
    }

    private func timestamps(of part: URL) throws -> [Int64] {
        var stamps: [Int64] = []
        try read(part) { stamps.append($0.pointee.pts) }
        return stamps
    }

    /// Passes on each packet with its PTS in the video's time base.
    private func read(_ part: URL, _ body: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        let file = try InputFile(part)
        guard let stream = file.streams.first else { return }
        var packet: UnsafeMutablePointer<AVPacket>? = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let packets = try allocated(packet)
        while try file.read(into: packets) {
            try Task.checkCancellation()
            av_packet_rescale_ts(packets, stream.pointee.time_base, info.timeBase.av)
            try body(packets)
            av_packet_unref(packets)
        }
    }

    /// DTS assignment: one increasing sequence over all parts, as early as the largest reordering delay requires.
    private struct Order {
        /// Presentation timestamps, sorted.
        let sorted: [Int64]
        /// Reordering delay in packets.
        private let delay: Int
        private let step: Int64

        init(_ parts: [[Int64]]) {
            delay = parts.map(Self.delay).max() ?? 0
            sorted = parts.flatMap { $0.sorted() }
            step =
                sorted.count > 1
                ? max(1, (sorted[sorted.count - 1] - sorted[0]) / Int64(sorted.count - 1)) : 1
        }

        private static func delay(_ stamps: [Int64]) -> Int {
            let ranks = Dictionary(
                zip(stamps.sorted(), stamps.indices), uniquingKeysWith: { first, _ in first })
            return stamps.enumerated().map { $0.offset - (ranks[$0.element] ?? $0.offset) }.max() ?? 0
        }

        func place(_ packet: UnsafeMutablePointer<AVPacket>, _ position: Int, end: Int64) {
            let early = position - delay
            packet.pointee.dts =
                early >= 0 ? sorted[early] : sorted[0] + Int64(early) * step
            let stamp = packet.pointee.pts
            let next = sorted.partitioningIndex { $0 > stamp }
            packet.pointee.duration = max(1, (next < sorted.count ? sorted[next] : end) - stamp)
            packet.pointee.pos = -1
        }
    }
}

extension Array {
    /// The partition point: the first index from which all elements satisfy the predicate.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
