import CFFmpeg

/// Makes whole pictures of frames that hold two fields, one a frame: the second field's lines are made anew from both fields and
/// from the frames beside (BBC weston 3 field and yadif, as FFmpeg's `bwdif`).
///
/// A frame comes out when the next has been seen. Frames that are not interlaced pass as they are.
final class Deinterlacer {
    private let filter: FrameFilter
    /// Frames inside the filter, whose properties it changes.
    private var waiting: [FrameBuffer] = []
    private var isAtEnd = false
    /// A frame of another size or kind, behind which nothing can be deinterlaced any more.
    private var stranger: FrameBuffer?
    private var isOver = false
    private let first: FrameBuffer

    /// - Parameter first: what all frames look like; it is not taken in.
    /// - Returns: nil where frames of this kind cannot be deinterlaced.
    init?(like first: FrameBuffer) {
        guard
            let filter = try? FrameFilter(
                "bwdif=mode=send_frame:parity=auto:deint=interlaced", for: first)
        else { return nil }
        (self.filter, self.first) = (filter, first)
    }

    /// A new one for the same kind of frames, behind a seek.
    func restarted() -> Deinterlacer? { Deinterlacer(like: first) }

    /// The next frame; nil behind the last.
    ///
    /// - Parameter source: the next frame that is to go in; nil behind the last.
    func next(from source: () throws -> FrameBuffer?) throws -> FrameBuffer? {
        while true {
            if let frame = try filter.receive() {
                guard !waiting.isEmpty else { return nil }
                return try dressed(frame, as: waiting.removeFirst())
            }
            if isAtEnd { return try isOver ? passed(from: source) : nil }
            let frame = try source()
            if let frame, looksLikeFirst(frame) {
                waiting.append(frame)
                try filter.send(frame)
            } else {
                (stranger, isOver, isAtEnd) = (frame, frame != nil, true)
                try filter.send(nil)
            }
        }
    }

    private func passed(from source: () throws -> FrameBuffer?) throws -> FrameBuffer? {
        defer { stranger = nil }
        return try stranger ?? source()
    }

    private func looksLikeFirst(_ frame: FrameBuffer) -> Bool {
        frame.width == first.width && frame.height == first.height && frame.format == first.format
    }

    /// The filter's samples with the times and the damage of the frame that they come from.
    private func dressed(_ frame: FrameBuffer, as own: FrameBuffer) throws -> FrameBuffer {
        let isInterlaced = CFFmpegIsInterlaced(frame.av)
        try check(av_frame_copy_props(frame.av, own.av))
        CFFmpegSetInterlaced(frame.av, isInterlaced)
        return frame
    }
}
