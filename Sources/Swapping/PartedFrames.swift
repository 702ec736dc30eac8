import Foundation
import Media

/// Reads a target part by part, each with the frames around it. Used by one thread at a time.
final class PartedFrames: @unchecked Sendable {
    private let reader: VideoReader
    private let parts: [ConversionPlan.Part]
    private let claim: (_ part: Int) throws -> Bool
    private var position = 0
    private var isInside = false
    private var hasRead = false
    /// Frames that had been lost when the part began.
    private var lostBefore = 0
    private let lock = NSLock()
    /// Frames that could not be decoded, by part; guarded by `lock`.
    private var lost: [Int: Int] = [:]

    /// - Parameter claim: whether this run makes a part, asked for when it comes to it.
    init(
        _ reader: VideoReader, parts: [ConversionPlan.Part], claim: @escaping (_ part: Int) throws -> Bool
    ) {
        (self.reader, self.parts, self.claim) = (reader, parts, claim)
    }

    /// The next frame and the number of the part for which it is looked at; nil behind the last part.
    func next() throws -> PartFrame<VideoFrame>? {
        while position < parts.count {
            let part = parts[position]
            if !isInside {
                guard try claim(part.number) else {
                    position += 1
                    continue
                }
                // From the beginning nothing needs to be gone to, unless more has been read before.
                if let start = part.start {
                    try reader.seek(to: start)
                } else if hasRead {
                    try reader.seek(to: 0)
                }
                (isInside, hasRead) = (true, true)
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
    func unreadable(in part: Int) -> Int { lock.withLock { lost[part] ?? 0 } }

    private func leave(_ part: ConversionPlan.Part) {
        let missing = reader.unreadable.dropFirst(lostBefore).filter { part.core.contains($0.time) }.count
        lock.withLock { lost[part.number] = missing }
        position += 1
        isInside = false
    }
}
