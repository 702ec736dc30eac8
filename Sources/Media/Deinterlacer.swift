import CFFmpeg

/// Deinterlaces frames, one frame per frame: the second field's lines are interpolated from both fields and the adjacent frames
/// (BBC weston 3 field and yadif, as FFmpeg's `bwdif`).
///
/// Has a delay of one frame. Progressive frames pass unchanged.
final class Deinterlacer {
    private let filter: FrameFilter
    /// Frames inside the filter, which discards their properties.
    private var waiting: [FrameBuffer] = []
    private var isAtEnd = false
    /// A frame of another size or format, after which frames are passed through without deinterlacing.
    private var differing: FrameBuffer?
    private var isOver = false
    private let first: FrameBuffer

    /// - Parameter first: a frame with the format of all frames; it is not processed.
    /// - Returns: `nil` if frames of this format cannot be deinterlaced.
    init?(like first: FrameBuffer) {
        guard
            let filter = try? FrameFilter(
                "bwdif=mode=send_frame:parity=auto:deint=interlaced", for: first)
        else { return nil }
        (self.filter, self.first) = (filter, first)
    }

    /// A new deinterlacer for the same frame format, for use after a seek.
    func restarted() -> Deinterlacer? { Deinterlacer(like: first) }

    /// The next frame; `nil` after the last.
    ///
    /// - Parameter source: returns the next input frame; `nil` after the last.
    func next(from source: () throws -> FrameBuffer?) throws -> FrameBuffer? {
        while true {
            if let frame = try filter.receive() {
                guard !waiting.isEmpty else { return nil }
                return try withProperties(frame, as: waiting.removeFirst())
            }
            if isAtEnd { return try isOver ? unfiltered(from: source) : nil }
            let frame = try source()
            if let frame, looksLikeFirst(frame) {
                waiting.append(frame)
                try filter.send(frame)
            } else {
                (differing, isOver, isAtEnd) = (frame, frame != nil, true)
                try filter.send(nil)
            }
        }
    }

    private func unfiltered(from source: () throws -> FrameBuffer?) throws -> FrameBuffer? {
        defer { differing = nil }
        return try differing ?? source()
    }

    private func looksLikeFirst(_ frame: FrameBuffer) -> Bool {
        frame.width == first.width && frame.height == first.height && frame.format == first.format
    }

    /// The filter's samples with the timestamps and properties of the source frame.
    private func withProperties(_ frame: FrameBuffer, as own: FrameBuffer) throws -> FrameBuffer {
        let isInterlaced = CFFmpegIsInterlaced(frame.av)
        try check(av_frame_copy_props(frame.av, own.av))
        CFFmpegSetInterlaced(frame.av, isInterlaced)
        return frame
    }
}
