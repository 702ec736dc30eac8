import Foundation
import Media

/// Reads a target part by part, each with the frames around it. Used by one thread at a time.
final class PartedFrames: @unchecked Sendable {
    private let reader: VideoReader
    private let parts: [ConversionPlan.Part]
    private var position = 0
    private var isInside = false
    /// Frames that had been lost when the part began.
    private var lostBefore = 0
    private let lock = NSLock()
    /// Frames that could not be decoded, by part; guarded by `lock`.
    private var lost: [Int: [UnreadablePlace]] = [:]

    init(_ reader: VideoReader, parts: [ConversionPlan.Part]) {
        (self.reader, self.parts) = (reader, parts)
    }

    /// The next frame and the number of the part for which it is looked at; nil behind the last part.
    func next() throws -> PartFrame<VideoFrame>? {
        while position < parts.count {
            let part = parts[position]
            if !isInside {
                // From the beginning nothing needs to be gone to, unless more has been read before.
                if let start = part.start {
                    try reader.seek(to: start)
                } else if position > 0 {
                    try reader.seek(to: 0)
                }
                isInside = true
                lostBefore = reader.unreadableFrames
            }
            while let frame = try reader.next() {
                if frame.time < part.reach.lowerBound { continue }
                if frame.time >= part.reach.upperBound { break }
                return PartFrame(part: part.number, frame: frame)
            }
            leave(part)
        }
        return nil
    }

    /// Frames of a part that could not be decoded, once the next one has begun.
    func unreadable(in part: Int) -> [UnreadablePlace] { lock.withLock { lost[part] ?? [] } }

    private func leave(_ part: ConversionPlan.Part) {
        let missing = reader.unreadable.dropFirst(lostBefore).filter { part.core.contains($0.time) }
        lock.withLock { lost[part.number] = missing }
        position += 1
        isInside = false
    }
}
