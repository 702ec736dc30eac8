/// How a target is cut into parts, each of which is converted by itself: a killed conversion goes on behind its last whole
/// part, and several machines share the parts.
///
/// The cuts lie at fixed frame numbers, and a part begins and ends with frames of its neighbours, which are looked at and
/// not written, so that what is followed and smoothed along the track has settled where the part begins. What comes out
/// depends neither on interruptions nor on who converts which part.
package struct ConversionPlan: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package let number: Int
        /// Seconds from the target's start; frames in it are written.
        package let core: Range<Double>
        /// Frames in it are looked at.
        package let reach: Range<Double>
        /// Where to go to before reading; nil for the target's beginning.
        package let start: Double?
        /// Frames that the part is to have; nil where nobody knows.
        package let frames: Int?
    }

    package let parts: [Part]

    /// Frames of a part: half a minute's loss at the worst, for 5 % more looking.
    package static let standardLength = 480

    /// - Parameters:
    ///   - times: of the target's frames, rising; nil where they are not known or cannot be gone to: one part.
    ///   - overlap: frames before and behind a part that are looked at.
    package init(times: [Double]?, overlap: Int, length: Int = standardLength) {
        let whole = -Double.infinity..<Double.infinity
        guard let times, length > 0, times.count >= length + length / 2 else {
            parts = [Part(number: 0, core: whole, reach: whole, start: nil, frames: times?.count)]
            return
        }
        // Between two frames, so that rounded times fall on the right side.
        func cut(_ frame: Int) -> Double {
            if frame <= 0 { return -.infinity }
            return frame >= times.count ? .infinity : (times[frame - 1] + times[frame]) / 2
        }
        // What would be a short part at the end belongs to the one before.
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

/// Which parts of a conversion this run makes: those whose number leaves `index` when divided by `count`.
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
