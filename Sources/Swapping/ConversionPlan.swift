/// Divides a target into parts that are converted separately, so that an interrupted conversion resumes after its last
/// complete part and several machines can share the work.
///
/// Cuts are at fixed frame numbers. Each part has a margin of its neighbours' frames, which are analysed but not written,
/// so that tracking and smoothing along the track have settled at the start of the part. The result depends neither on
/// interruptions nor on the distribution of the parts.
package struct ConversionPlan: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package let number: Int
        /// Time range of the written frames, in seconds from the target's start.
        package let core: Range<Double>
        /// Time range of the analysed frames.
        package let reach: Range<Double>
        /// Seek position before reading; `nil` for the target's beginning.
        package let start: Double?
        /// Expected number of frames; `nil` if unknown.
        package let frames: Int?
    }

    package let parts: [Part]

    /// Frames per part: an interruption loses half a minute at most, for 5 % more analysis.
    package static let standardLength = 480

    /// - Parameters:
    ///   - times: timestamps of the target's frames, rising; `nil` if they are unknown or the target is not seekable: one
    ///     part.
    ///   - overlap: margin in frames before and after a part.
    package init(times: [Double]?, overlap: Int, length: Int = standardLength) {
        let whole = -Double.infinity..<Double.infinity
        guard let times, length > 0, times.count >= length + length / 2 else {
            parts = [Part(number: 0, core: whole, reach: whole, start: nil, frames: times?.count)]
            return
        }
        // Half way between two frames, so that rounded timestamps fall on the right side.
        func cut(_ frame: Int) -> Double {
            if frame <= 0 { return -.infinity }
            return frame >= times.count ? .infinity : (times[frame - 1] + times[frame]) / 2
        }
        // A short remainder is merged with the last part.
        let count = max(1, (times.count + length / 2) / length)
        parts = (0..<count).map { number in
            let begin = number * length
            let end = number == count - 1 ? times.count : begin + length
            let first = begin - overlap
            return Part(
                number: number, core: cut(begin)..<cut(end), reach: cut(first)..<cut(end + overlap),
                start: first > 0 ? times[first] : nil, frames: end - begin)
        }
    }
}

/// The parts that this run converts: those whose number modulo `count` is `index`.
package struct ConversionShare: Sendable, Codable, Equatable {
    /// Counted from 0.
    package let index: Int
    package let count: Int

    package static let all = ConversionShare(index: 0, count: 1)

    package init(index: Int, count: Int) {
        (self.index, self.count) = (index, max(1, count))
    }

    func includes(_ part: ConversionPlan.Part) -> Bool { part.number % count == index }
}
