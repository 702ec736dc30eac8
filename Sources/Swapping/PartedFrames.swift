import Foundation
import Media

/// Reads a target part by part, each with its margin of frames. Used by one thread at a time.
final class PartedFrames: @unchecked Sendable {
    private let reader: VideoReader
    private let parts: [ConversionPlan.Part]
    private let claim: (_ part: Int) throws -> Bool
    private var position = 0
    private var isInside = false
    private var hasRead = false
    /// Number of undecodable frames when the part began.
    private var lostBefore = 0
    private let lock = NSLock()
    /// Undecodable frames by part; guarded by `lock`.
    private var lost: [Int: [UnreadablePlace]] = [:]

    /// - Parameter claim: whether this run converts a part; called when the part is reached.
    init(
        _ reader: VideoReader, parts: [ConversionPlan.Part], claim: @escaping (_ part: Int) throws -> Bool
    ) {
        (self.reader, self.parts, self.claim) = (reader, parts, claim)
    }

    /// The next frame and the number of its part; `nil` after the last part.
    func next() throws -> PartFrame<VideoFrame>? {
        while position < parts.count {
            let part = parts[position]
            if !isInside {
                guard try claim(part.number) else {
                    position += 1
                    continue
                }
                // Reading from the beginning needs no seek unless frames were read before.
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

    /// Undecodable frames of a part, available once the next one has begun.
    func unreadable(in part: Int) -> [UnreadablePlace] { lock.withLock { lost[part] ?? [] } }

    private func leave(_ part: ConversionPlan.Part) {
        let missing = reader.unreadable.dropFirst(lostBefore).filter { part.core.contains($0.time) }
        lock.withLock { lost[part.number] = missing }
        position += 1
        isInside = false
    }
}
